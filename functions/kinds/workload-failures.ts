import { failure, isOlderThan, type Failure } from "../shared/kubernetes/failures.ts";
import { hasSeenSpec } from "../shared/kubernetes/generation.ts";
import type { Moment } from "../shared/kubernetes/overdue.ts";
import type { DaemonSet, Deployment, Job, ObjectMeta, ReplicaSet, StatefulSet } from "../shared/kubernetes/types.ts";

interface Condition {
  type: string;
  status: string;
  reason?: string;
  message?: string;
  lastTransitionTime?: string;
  lastUpdateTime?: string;
}

/**
 * The ways in which a workload fails by its own status, whatever its pods say: a rollout past its progress deadline,
 * pods that cannot be created, replicas that stay missing, a failed Job.
 */
export function workloadFailures(kind: string, object: object, moment: Moment): Failure[] {
  switch (kind) {
    case "Deployment":
      return deploymentFailures(object, moment);
    case "ReplicaSet":
      return replicaSetFailures(object, moment);
    case "StatefulSet":
      return statefulSetFailures(object, moment);
    case "DaemonSet":
      return daemonSetFailures(object, moment);
    case "Job":
      return jobFailures(object, moment);
    default:
      return [];
  }
}

/**
 * Whether a Deployment's rollout is under way and inside its progress deadline. The controller marks a rollout that is
 * complete with `NewReplicaSetAvailable`, and one past its deadline with a false condition.
 * Source: kubernetes pkg/controller/deployment/progress.go
 */
export function isRollingOut(deployment: Deployment): boolean {
  if (!hasSeenSpec(deployment)) return true;
  const progressing = conditionOf(deployment.status?.conditions, "Progressing");
  return progressing?.status === "True" && progressing.reason !== "NewReplicaSetAvailable";
}

function deploymentFailures(deployment: Deployment, moment: Moment): Failure[] {
  const { spec, status } = deployment;
  const failures: Failure[] = [];
  const progressing = conditionOf(status?.conditions, "Progressing");
  if (progressing?.status === "False" && progressing.reason === "ProgressDeadlineExceeded") {
    failures.push(fromCondition(progressing, "ProgressDeadlineExceeded"));
  }
  failures.push(...cannotCreate(status?.conditions));
  if (failures.length > 0 || isRollingOut(deployment)) return failures;
  const available = conditionOf(status?.conditions, "Available");
  if (available?.status !== "False") return [];
  return short(status?.availableReplicas, spec?.replicas ?? 1, available.lastTransitionTime, moment);
}

function replicaSetFailures({ metadata, spec, status }: ReplicaSet, moment: Moment): Failure[] {
  const failures = cannotCreate(status?.conditions);
  if (failures.length > 0) return failures;
  return short(status?.availableReplicas, spec?.replicas ?? 1, unchangedSince(metadata), moment);
}

function statefulSetFailures({ metadata, spec, status }: StatefulSet, moment: Moment): Failure[] {
  const available = status?.availableReplicas ?? status?.readyReplicas;
  return short(available, spec?.replicas ?? 1, unchangedSince(metadata), moment);
}

function daemonSetFailures({ metadata, status }: DaemonSet, moment: Moment): Failure[] {
  return short(status?.numberAvailable, status?.desiredNumberScheduled ?? 0, unchangedSince(metadata), moment);
}

/** A Job that has given up, for as long as that is news. */
function jobFailures({ status }: Job, { now, deadlines }: Moment): Failure[] {
  const failed = conditionOf(status?.conditions, "Failed");
  if (failed?.status !== "True") return [];
  if (isOlderThan(failed.lastTransitionTime, deadlines.failed_job_seconds, now)) return [];
  return [fromCondition(failed, "JobFailed")];
}

/** A quota or an admission webhook refuses new pods. */
function cannotCreate(conditions: Condition[] | undefined): Failure[] {
  const failing = conditionOf(conditions, "ReplicaFailure");
  return failing?.status === "True" ? [fromCondition(failing, "FailedCreate")] : [];
}

function short(have: number | undefined, wanted: number, since: string | undefined, moment: Moment): Failure[] {
  const missing = wanted - (have ?? 0);
  if (missing <= 0 || !isOlderThan(since, moment.deadlines.short_seconds, moment.now)) return [];
  const message = `${have ?? 0} of ${wanted} replicas available`;
  return [failure({ reason: "MinimumReplicasUnavailable", message, since })];
}

/** The condition of that type. */
export function conditionOf(conditions: Condition[] | undefined, type: string): Condition | undefined {
  return conditions?.find((condition) => condition.type === type);
}

function fromCondition({ reason, message, lastTransitionTime, lastUpdateTime }: Condition, otherwise: string): Failure {
  return failure({ reason: reason ?? otherwise, message, since: lastTransitionTime ?? lastUpdateTime });
}

/** When the status was last written: StatefulSets and DaemonSets have no condition that tells. */
function unchangedSince(metadata: ObjectMeta | undefined): string | undefined {
  const written = (metadata?.managedFields ?? [])
    .filter(({ subresource, time }) => subresource === "status" && time !== undefined)
    .map(({ time }) => time ?? "")
    .sort();
  return written.at(-1) ?? metadata?.creationTimestamp;
}
