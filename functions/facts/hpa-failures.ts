import { failure, isOlderThan, type Failure } from "../shared/kubernetes/failures.ts";
import { hpaCondition, isPinned, limitedAtMaximumSince } from "../shared/kubernetes/hpa.ts";
import type { Moment } from "../kinds/failing/overdue.ts";
import type { Hpa } from "../shared/kubernetes/types.ts";

/** The API server's words where somebody else wrote at the same moment: the HPA controller tries again after 15 s. */
const CONFLICT = /Operation cannot be fulfilled on .*the object has been modified/;

/**
 * The scaling problems of an HPA. Being at its minimum, being rate limited, and being switched off with zero replicas are
 * healthy states.
 * Source of the reasons: kubernetes pkg/controller/podautoscaler/horizontal.go
 */
export function hpaFailures(hpa: Hpa, moment: Moment): Failure[] {
  const { now, deadlines } = moment;
  const able = hpaCondition(hpa, "AbleToScale");
  if (able?.status === "False") {
    const lostRace = CONFLICT.test(able.message ?? "");
    if (lostRace && !isOlderThan(able.lastTransitionTime, deadlines.hpa_metrics_seconds, now)) return [];
    return [
      failure({ reason: able.reason ?? "FailedUpdateScale", message: able.message, since: able.lastTransitionTime }),
    ];
  }
  const active = hpaCondition(hpa, "ScalingActive");
  if (active?.status === "False" && active.reason !== "ScalingDisabled") {
    const since = active.lastTransitionTime;
    if (!isOlderThan(since, deadlines.hpa_metrics_seconds, now)) return [];
    return [failure({ reason: active.reason ?? "FailedGetMetrics", message: active.message, since })];
  }
  const limited = limitedAtMaximumSince(hpa);
  if (isOlderThan(limited, deadlines.hpa_limited_seconds, now)) {
    const max = `${hpa.spec.maxReplicas} replicas`;
    const message = isPinned(hpa)
      ? `wants more than the ${max} that it is held at`
      : `wants more than its maximum of ${max}`;
    return [failure({ reason: "TooManyReplicas", message, since: limited })];
  }
  return apart(hpa, moment);
}

/** Current and desired replicas that stay different, though every condition looks well. */
function apart({ status }: Hpa, { now, deadlines }: Moment): Failure[] {
  const current = status?.currentReplicas ?? 0;
  const desired = status?.desiredReplicas ?? 0;
  const since = status?.lastScaleTime;
  if (current === desired || !isOlderThan(since, deadlines.hpa_apart_seconds, now)) return [];
  const message = `${current} replicas where ${desired} are desired, since it last scaled`;
  return [failure({ reason: "ReplicasApart", message, since })];
}
