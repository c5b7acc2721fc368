import { USER_AGENT } from "../../shared/cluster/exchange.ts";
import { isOlderThan, type Failure } from "../../shared/kubernetes/failures.ts";
import { lastWriter } from "../../shared/kubernetes/managed-fields.ts";
import type { Moment } from "../failing/overdue.ts";
import { cannotCreate, conditionOf, fromCondition, missingReplicas } from "../status.ts";
import {
  ABORT,
  hasSeenSpec,
  invalidSpec,
  isAborted,
  isGivenUp,
  isPromoted,
  isWaiting,
  wanted,
  type Rollout,
} from "./rollout.ts";

/** The reasons for which its controller calls a rollout failed. Source: argo-rollouts utils/conditions/conditions.go */
const GIVEN_UP = ["ProgressDeadlineExceeded", "RolloutAborted"];

/** How long people know of an abort by the workflow, who were told when that was done, in seconds. */
const KNOWN_SECONDS = 86_400;

/** The ways in which a Rollout fails by its own status. What its status says of an earlier spec is no news. */
export function failures(rollout: Rollout, moment: Moment): Failure[] {
  if (!hasSeenSpec(rollout)) return [];
  const { status, spec } = rollout;
  const invalid = invalidSpec(rollout);
  if (invalid !== undefined) return [fromCondition(invalid, "InvalidSpec")];
  const progressing = conditionOf(status?.conditions, "Progressing");
  const isGiven = progressing?.status === "False" && GIVEN_UP.includes(progressing.reason ?? "");
  const given = isGiven && !isKnownAbort(rollout, moment) ? [progressing] : [];
  const found = [
    ...given.map((condition) => fromCondition(condition, "ProgressDeadlineExceeded")),
    ...cannotCreate(status?.conditions),
  ];
  const settles = !isPromoted(rollout) && !isGivenUp(rollout) && !isWaiting(rollout);
  if (found.length > 0 || settles) return found;
  const available = conditionOf(status?.conditions, "Available");
  if (available?.status !== "False") return [];
  const since = available.lastTransitionTime;
  return missingReplicas(status?.availableReplicas, wanted(rollout), since, moment, spec?.minReadySeconds);
}

/** Whether it was aborted by the workflow, and people were told of that lately. */
function isKnownAbort(rollout: Rollout, { now }: Moment): boolean {
  const writer = lastWriter(rollout.metadata, ABORT);
  if (!isAborted(rollout) || writer?.manager !== USER_AGENT) return false;
  return !isOlderThan(writer.at.toISOString(), KNOWN_SECONDS, now);
}
