import { hasSeenSpec } from "../../shared/kubernetes/generation.ts";
import type { Deployment } from "../../shared/kubernetes/types.ts";
import { DEFAULT_PROGRESS_DEADLINE_SECONDS } from "../patience.ts";
import type { Revision } from "../revisions/revision.ts";
import { conditionOf } from "../status.ts";

/**
 * How far the rollout of a Deployment's present revision is, by the conditions that its controller keeps.
 *
 * The condition `Progressing` can be that of the revision before: the controller's note that it has made a new ReplicaSet
 * is lost when somebody else changes the Deployment at that moment, and with no old pod left, as in a `Recreate`, the
 * controller takes the rollout for complete and never marks it as past its deadline. Such a condition is older than the
 * revision.
 * Source: kubernetes pkg/controller/deployment/sync.go, progress.go
 */

/**
 * The API's way to say that rollouts have no deadline; there is no condition `Progressing` then.
 * Source: kubernetes pkg/controller/deployment/util/deployment_util.go, HasProgressDeadline
 */
const NO_PROGRESS_DEADLINE = 2_147_483_647;

/**
 * Whether a rollout is under way that its controller has not given up, by the status alone. The controller marks a rollout
 * that is complete with `NewReplicaSetAvailable`, and one past its deadline with a false condition. Without a deadline,
 * pods of another revision are what tells.
 */
export function isRollingOut(deployment: Deployment): boolean {
  if (!hasSeenSpec(deployment)) return true;
  if (hasNoDeadline(deployment)) return hasOldPods(deployment);
  const progressing = conditionOf(deployment.status?.conditions, "Progressing");
  return progressing?.status === "True" && progressing.reason !== "NewReplicaSetAvailable";
}

/**
 * When the present revision was completely rolled out; undefined when that never happened. Where no condition tells the
 * moment, but the revision was available at some time, it is when it was made: that errs on the side of leaving it in place.
 */
export function rolledOutAt(deployment: Deployment, current: Revision | undefined): Date | undefined {
  if (hasNoDeadline(deployment)) {
    const isComplete = current !== undefined && !hasOldPods(deployment) && wasAvailable(deployment, current);
    return isComplete ? current.created : undefined;
  }
  const { reason, lastUpdateTime } = conditionOf(deployment.status?.conditions, "Progressing") ?? {};
  if (reason !== "NewReplicaSetAvailable" || lastUpdateTime === undefined) return undefined;
  if (current === undefined || !isOfEarlierRevision(deployment, current)) return new Date(lastUpdateTime);
  return wasAvailable(deployment, current) ? current.created : undefined;
}

/** Since when fewer pods have been available than its strategy allows, without a break; undefined while enough are. */
export function unavailableSince({ status }: Deployment): Date | undefined {
  const available = conditionOf(status?.conditions, "Available");
  if (available?.status !== "False" || available.lastTransitionTime === undefined) return undefined;
  return new Date(available.lastTransitionTime);
}

/** Whether the rollout is under way and its controller has not given it up, nor would have, had it kept its note. */
export function isInsideDeadline(deployment: Deployment, current: Revision | undefined, now: Date): boolean {
  if (current !== undefined && hasNoDeadline(deployment) && !hasOldPods(deployment)) {
    return !wasAvailable(deployment, current);
  }
  if (current !== undefined && isOfEarlierRevision(deployment, current)) {
    const seconds = (now.getTime() - current.created.getTime()) / 1_000;
    return !wasAvailable(deployment, current) && seconds < progressDeadline(deployment);
  }
  return isRollingOut(deployment);
}

/** How long a rollout may make no progress, in seconds; infinite where it has no deadline. */
export function progressDeadline({ spec }: Deployment): number {
  const seconds = spec?.progressDeadlineSeconds ?? DEFAULT_PROGRESS_DEADLINE_SECONDS;
  return seconds === NO_PROGRESS_DEADLINE ? Infinity : seconds;
}

function hasNoDeadline(deployment: Deployment): boolean {
  return progressDeadline(deployment) === Infinity;
}

/** Whether it still has pods of another revision than the present one. */
function hasOldPods({ status }: Deployment): boolean {
  return (status?.replicas ?? 0) > (status?.updatedReplicas ?? 0);
}

function isOfEarlierRevision(deployment: Deployment, current: Revision): boolean {
  const { reason, lastUpdateTime } = conditionOf(deployment.status?.conditions, "Progressing") ?? {};
  return (
    reason === "NewReplicaSetAvailable" && lastUpdateTime !== undefined && new Date(lastUpdateTime) < current.created
  );
}

/** Whether the Deployment had enough available replicas at any time since this revision was made. */
function wasAvailable(deployment: Deployment, { created }: Revision): boolean {
  const { status, lastTransitionTime } = conditionOf(deployment.status?.conditions, "Available") ?? {};
  return status !== "False" || lastTransitionTime === undefined || new Date(lastTransitionTime) > created;
}
