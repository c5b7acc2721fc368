import type { Deployment, ReplicaSet } from "../types.ts";
import { apiTime } from "../clock.ts";
import { maxUnavailable, totalOf, totalSize, wantedReplicas } from "./deployment-strategy.ts";
import { conditionOf, withCondition, withoutCondition, withoutZeros, type Condition } from "./status.ts";

/**
 * What a Deployment says about itself.
 * Source of the rules, the reasons and the messages: kubernetes pkg/controller/deployment (progress.go, sync.go,
 * util/deployment_util.go)
 */

export type DeploymentStatus = NonNullable<Deployment["status"]>;
type Conditions = NonNullable<DeploymentStatus["conditions"]>;

const DEFAULT_DEADLINE_SECONDS = 600;
/** What stands for no deadline at all. */
const NO_DEADLINE = 2 ** 31 - 1;
/** Times are whole seconds: a second more makes sure that the deadline is over. */
const SLACK_SECONDS = 1;

/** The conditions with the Progressing condition as given, unless the Deployment has no progress deadline. */
export function withProgress(
  deployment: Deployment,
  status: string,
  reason: string,
  message: string,
  now: Date,
): Conditions {
  const conditions = deployment.status?.conditions ?? [];
  if (deadlineOf(deployment) === undefined) return conditions;
  return withCondition(conditions, progressing(status, reason, message, now));
}

/** The seconds in which a rollout has to make progress; undefined for no deadline. */
function deadlineOf({ spec }: Deployment): number | undefined {
  const seconds = spec?.progressDeadlineSeconds ?? DEFAULT_DEADLINE_SECONDS;
  return seconds === NO_DEADLINE ? undefined : seconds;
}

function progressing(status: string, reason: string, message: string, now: Date): Condition {
  const time = apiTime(now);
  return { type: "Progressing", status, reason, message, lastUpdateTime: time, lastTransitionTime: time };
}

/** The conditions when somebody has just paused or resumed the rollout; undefined when nobody has. */
export function pauseNoticed(deployment: Deployment, now: Date): Conditions | undefined {
  const present = conditionOf(deployment.status?.conditions, "Progressing");
  if (present?.reason === "ProgressDeadlineExceeded" || deadlineOf(deployment) === undefined) return undefined;
  const paused = deployment.spec?.paused === true;
  if (paused === (present?.reason === "DeploymentPaused")) return undefined;
  return paused
    ? withProgress(deployment, "Unknown", "DeploymentPaused", "Deployment is paused", now)
    : withProgress(deployment, "Unknown", "DeploymentResumed", "Deployment is resumed", now);
}

/** The status as the ReplicaSets show it, without a judgement of the progress. */
export function countedStatus(
  deployment: Deployment,
  fresh: ReplicaSet | undefined,
  old: readonly ReplicaSet[],
  now: Date,
): DeploymentStatus {
  const all = fresh === undefined ? old : [...old, fresh];
  const available = totalOf(all, "availableReplicas");
  const enough = available >= wantedReplicas(deployment) - maxUnavailable(deployment);
  const time = apiTime(now);
  return {
    observedGeneration: deployment.metadata?.generation ?? 0,
    ...withoutZeros({
      replicas: totalOf(all, "replicas"),
      updatedReplicas: fresh?.status?.replicas ?? 0,
      readyReplicas: totalOf(all, "readyReplicas"),
      availableReplicas: available,
      unavailableReplicas: Math.max(0, totalSize(all) - available),
      collisionCount: deployment.status?.collisionCount ?? 0,
    }),
    terminatingReplicas: totalOf(all, "terminatingReplicas"),
    conditions: withCondition<Condition>(deployment.status?.conditions ?? [], {
      type: "Available",
      status: enough ? "True" : "False",
      reason: enough ? "MinimumReplicasAvailable" : "MinimumReplicasUnavailable",
      message: enough ? "Deployment has minimum availability." : "Deployment does not have minimum availability.",
      lastUpdateTime: time,
      lastTransitionTime: time,
    }),
  };
}

/** The status during and after a rollout: whether it is complete, makes progress or is past its deadline. */
export function rolloutStatus(
  deployment: Deployment,
  fresh: ReplicaSet | undefined,
  old: readonly ReplicaSet[],
  now: Date,
): DeploymentStatus {
  const status = countedStatus(deployment, fresh, old, now);
  const judged = judge(deployment, status, fresh, now);
  return { ...status, conditions: withFailure(judged, fresh, old) };
}

function judge(
  deployment: Deployment,
  status: DeploymentStatus,
  fresh: ReplicaSet | undefined,
  now: Date,
): Condition[] {
  const conditions = (status.conditions ?? []) as Condition[];
  const deadline = deadlineOf(deployment);
  if (deadline === undefined) return withoutCondition(conditions, "Progressing");
  const present = conditionOf(conditions, "Progressing");
  const settled = (status.replicas ?? 0) === (status.updatedReplicas ?? 0);
  if (settled && present?.reason === "NewReplicaSetAvailable") return conditions;

  const subject =
    fresh === undefined
      ? `Deployment "${deployment.metadata?.name ?? ""}"`
      : `ReplicaSet "${fresh.metadata?.name ?? ""}"`;
  if (isComplete(deployment, status)) {
    const message = `${subject} has successfully progressed.`;
    return withCondition(conditions, progressing("True", "NewReplicaSetAvailable", message, now));
  }
  if (hasProgressed(deployment.status ?? {}, status)) {
    // Each step counts, also one that is said with the same reason.
    const next = progressing("True", "ReplicaSetUpdated", `${subject} is progressing.`, now);
    const since = present?.status === "True" ? present.lastTransitionTime : undefined;
    return [...withoutCondition(conditions, "Progressing"), { ...next, lastTransitionTime: since ?? apiTime(now) }];
  }
  if (isPastDeadline(present, deadline, now)) {
    const message = `${subject} has timed out progressing.`;
    return withCondition(conditions, progressing("False", "ProgressDeadlineExceeded", message, now));
  }
  return conditions;
}

/** Whether every wanted pod is there, new and available, and no other one. */
export function isComplete(deployment: Deployment, status: DeploymentStatus): boolean {
  const wanted = wantedReplicas(deployment);
  return (
    (status.updatedReplicas ?? 0) === wanted &&
    (status.replicas ?? 0) === wanted &&
    (status.availableReplicas ?? 0) === wanted &&
    (status.observedGeneration ?? 0) >= (deployment.metadata?.generation ?? 0)
  );
}

function hasProgressed(before: DeploymentStatus, after: DeploymentStatus): boolean {
  const old = ({ replicas = 0, updatedReplicas = 0 }: DeploymentStatus) => replicas - updatedReplicas;
  return (
    (after.updatedReplicas ?? 0) > (before.updatedReplicas ?? 0) ||
    old(after) < old(before) ||
    (after.readyReplicas ?? 0) > (before.readyReplicas ?? 0) ||
    (after.availableReplicas ?? 0) > (before.availableReplicas ?? 0)
  );
}

function isPastDeadline(present: Condition | undefined, deadline: number, now: Date): boolean {
  if (present === undefined || present.reason === "NewReplicaSetAvailable") return false;
  if (present.reason === "ProgressDeadlineExceeded") return true;
  return secondsLeft(present, deadline, now) < 0;
}

function secondsLeft({ lastUpdateTime }: Condition, deadline: number, now: Date): number {
  return deadline - (now.getTime() - new Date(lastUpdateTime ?? now).getTime()) / 1_000;
}

/** After how many seconds the progress has to be looked at again; undefined when there is nothing to wait for. */
export function progressCheckIn(deployment: Deployment, status: DeploymentStatus, now: Date): number | undefined {
  const present = conditionOf(status.conditions as Condition[] | undefined, "Progressing");
  const deadline = deadlineOf(deployment);
  if (present === undefined || deadline === undefined || isComplete(deployment, status)) return undefined;
  if (present.reason === "ProgressDeadlineExceeded") return undefined;
  return Math.max(0, secondsLeft(present, deadline, now)) + SLACK_SECONDS;
}

/** What keeps the ReplicaSets from making pods, the new one first. */
function withFailure(
  conditions: readonly Condition[],
  fresh: ReplicaSet | undefined,
  old: readonly ReplicaSet[],
): Condition[] {
  const failures = [fresh, ...old].map((replicaSet) => conditionOf(replicaSet?.status?.conditions, "ReplicaFailure"));
  const failure = failures.find((condition) => condition !== undefined);
  if (failure === undefined) return withoutCondition(conditions, "ReplicaFailure");
  const { type, status, reason = "", message = "", lastTransitionTime = "" } = failure;
  return withCondition(conditions, {
    type,
    status,
    reason,
    message,
    lastTransitionTime,
    lastUpdateTime: lastTransitionTime,
  });
}
