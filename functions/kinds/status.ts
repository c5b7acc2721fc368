import { failure, isOlderThan, type Failure } from "../shared/kubernetes/failures.ts";
import type { Moment } from "./failing/overdue.ts";
import type { ObjectMeta } from "../shared/kubernetes/types.ts";

/** A condition, as the statuses of all kinds hold them. */
export interface Condition {
  type: string;
  status: string;
  reason?: string;
  message?: string;
  lastTransitionTime?: string;
  lastUpdateTime?: string;
}

/** The condition of that type. */
export function conditionOf(conditions: readonly Condition[] | undefined, type: string): Condition | undefined {
  return conditions?.find((condition) => condition.type === type);
}

/** The failure that a condition tells of. */
export function fromCondition(
  { reason, message, lastTransitionTime, lastUpdateTime }: Condition,
  otherwise: string,
): Failure {
  return failure({ reason: reason ?? otherwise, message, since: lastTransitionTime ?? lastUpdateTime });
}

/** A quota or an admission webhook refuses new pods. */
export function cannotCreate(conditions: readonly Condition[] | undefined): Failure[] {
  const failing = conditionOf(conditions, "ReplicaFailure");
  return failing?.status === "True" ? [fromCondition(failing, "FailedCreate")] : [];
}

/**
 * Replicas that have been missing for longer than they may.
 * @param minReadySeconds how long a pod has to be ready before it counts
 */
export function missingReplicas(
  have: number | undefined,
  wanted: number,
  since: string | undefined,
  moment: Moment,
  minReadySeconds = 0,
): Failure[] {
  const missing = wanted - (have ?? 0);
  if (missing <= 0 || !isOlderThan(since, moment.deadlines.short_seconds + minReadySeconds, moment.now)) return [];
  const message = `${have ?? 0} of ${wanted} replicas available`;
  return [failure({ reason: "MinimumReplicasUnavailable", message, since })];
}

/** When the status was last written, for kinds that have no condition that tells. */
export function unchangedSince(metadata: ObjectMeta | undefined): string | undefined {
  const written = (metadata?.managedFields ?? [])
    .filter(({ subresource, time }) => subresource === "status" && time !== undefined)
    .map(({ time }) => time ?? "")
    .sort();
  return written.at(-1) ?? metadata?.creationTimestamp;
}
