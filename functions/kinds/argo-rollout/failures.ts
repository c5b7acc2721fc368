import type { Failure } from "../../shared/kubernetes/failures.ts";
import type { Moment } from "../failing/overdue.ts";
import { cannotCreate, conditionOf, fromCondition, missingReplicas } from "../status.ts";
import { hasSeenSpec, isGivenUp, isPromoted, isWaiting, wanted, type Rollout } from "./rollout.ts";

/** The reasons for which its controller calls a rollout failed. Source: argo-rollouts utils/conditions/conditions.go */
const GIVEN_UP = ["ProgressDeadlineExceeded", "RolloutAborted"];

/** The ways in which a Rollout fails by its own status. What its status says of an earlier spec is no news. */
export function failures(rollout: Rollout, moment: Moment): Failure[] {
  if (!hasSeenSpec(rollout)) return [];
  const { status, spec } = rollout;
  const invalid = conditionOf(status?.conditions, "InvalidSpec");
  if (invalid !== undefined) return [fromCondition(invalid, "InvalidSpec")];
  const progressing = conditionOf(status?.conditions, "Progressing");
  const given = progressing?.status === "False" && GIVEN_UP.includes(progressing.reason ?? "") ? [progressing] : [];
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
