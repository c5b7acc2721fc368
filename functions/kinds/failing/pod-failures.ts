import { isEndUnknown, ownWords, wasEndedWithOthers } from "./container-runs.ts";
import { isSidecar, isStartedAgain, isWindingUp, outOfMemoryAtEnd } from "./container-spec.ts";
import { failure, type Failure } from "../../shared/kubernetes/failures.ts";
import {
  containerStatuses,
  isReady,
  isTerminating,
  podCondition,
  readySince,
  wasReadySince,
} from "../../shared/kubernetes/pods.ts";
import type { ContainerStatus, Pod } from "../../shared/kubernetes/types.ts";

/** The reason of a pod whose node has stopped reporting: it tells of the node, and not of what ran there. */
export const NODE_LOST = "NodeLost";
/** The same of a pod whose node reports, and says of itself that it is not ready. */
export const NODE_NOT_READY = "NodeNotReady";
/** Reasons that tell of a pod's node alone. */
export const OF_ITS_NODE: ReadonlySet<string> = new Set([NODE_LOST, NODE_NOT_READY]);

/**
 * Waiting reasons that mean trouble at once. `ContainerCreating` and `PodInitializing` are normal life.
 * Source: kubernetes pkg/kubelet/images/types.go, pkg/kubelet/kuberuntime/kuberuntime_container.go,
 * pkg/kubelet/container/sync_result.go
 */
export const FAILING_WAITING_REASONS: ReadonlySet<string> = new Set([
  "CrashLoopBackOff",
  "ImagePullBackOff",
  "ErrImagePull",
  "InvalidImageName",
  "ErrImageNeverPull",
  "ImageInspectError",
  "RegistryUnavailable",
  "SignatureValidationFailed",
  "CreateContainerConfigError",
  "CreateContainerError",
  "PreCreateHookError",
  "PreStartHookError",
  "PostStartHookError",
  "RunContainerError",
  "StartError",
  "ContainerCannotRun",
]);

/** Those of them that follow upon a run of the container, or upon the attempt at one, which its last end then tells of. */
const AFTER_A_RUN: ReadonlySet<string> = new Set([
  "CrashLoopBackOff",
  "PostStartHookError",
  "RunContainerError",
  "StartError",
  "ContainerCannotRun",
]);

/**
 * The ways in which a pod fails beyond doubt, whatever time has passed; none when it is well, starting, finished or being
 * deleted. What is a failure only after a while is told by `overdueFailures`.
 */
export function podFailures(pod: Pod): Failure[] {
  if (isTerminating(pod)) return [];
  const phase = pod.status?.phase;
  if (phase === "Succeeded") return [];
  if (phase === "Failed" || phase === "Unknown") return [wholePodFailure(pod, phase)];
  if (pod.status?.reason === "NodeLost") return [wholePodFailure(pod, NODE_LOST)];
  return containerStatuses(pod).flatMap((status) => containerFailure(pod, status));
}

/** Whether the pod fails beyond doubt. */
export function isFailing(pod: Pod): boolean {
  return podFailures(pod).length > 0;
}

/** A pod that has ended for good, or that nobody can ask. A node that ended it says so, and then no container did. */
function wholePodFailure(pod: Pod, phase: string): Failure {
  const { reason, message } = pod.status ?? {};
  const ended = reason === undefined && phase === "Failed" ? endOfPod(pod) : undefined;
  return failure({
    reason: reason ?? ended?.end.reason ?? phase,
    ...(ended === undefined ? {} : endFields(pod, ended.status.name, ended.end)),
    message: message ?? ownWords(ended?.end),
    restarts: ended?.status.restartCount,
    since: ended?.end.finishedAt ?? readySince(pod),
  });
}

/**
 * The container whose end made the pod fail. How sidecars end does not count.
 * Source: kubernetes pkg/kubelet/kubelet_pods.go, getPhase
 */
function endOfPod(pod: Pod): { status: ContainerStatus; end: End } | undefined {
  for (const status of containerStatuses(pod)) {
    const end = status.state?.terminated;
    if (end === undefined || end.exitCode === 0 || isEphemeral(pod, status) || isSidecar(pod, status)) continue;
    return { status, end };
  }
  return undefined;
}

function containerFailure(pod: Pod, status: ContainerStatus): Failure[] {
  // What becomes of a debugging session says nothing about the pod.
  if (isEphemeral(pod, status)) return [];
  // Nor does the end of a sidecar, once there is nothing any more that it serves.
  if (isSidecar(pod, status) && isWindingUp(pod)) return [];
  const { name: container, restartCount: restarts } = status;
  const waiting = status.state?.waiting;
  const last = status.lastState?.terminated;
  if (waiting?.reason !== undefined && FAILING_WAITING_REASONS.has(waiting.reason)) {
    return [
      failure({
        reason: waiting.reason,
        container,
        ...(last !== undefined && AFTER_A_RUN.has(waiting.reason) ? endFields(pod, container, last) : {}),
        // What it said itself at its end tells more than the kubelet's pause before the next start.
        message: (waiting.reason === "CrashLoopBackOff" ? ownWords(last) : undefined) ?? waiting.message,
        restarts,
        since: unreadySince(pod) ?? last?.finishedAt ?? pod.status?.startTime,
      }),
    ];
  }
  // Between two attempts of a crash loop the container runs or has just ended; the last termination still tells.
  const ended = status.state?.terminated ?? (isStillDown(pod, status) ? last : undefined);
  if (ended === undefined || ended.exitCode === 0 || wasEndedWithOthers(ended)) return [];
  // The first end of a container that is about to be started again is not a failure yet, nor is one that nobody saw.
  if ((restarts === 0 || isEndUnknown(ended)) && isStartedAgain(pod, status, ended.exitCode)) return [];
  return [
    failure({
      reason: ended.reason ?? "Error",
      ...endFields(pod, container, ended),
      message: ownWords(ended),
      restarts,
      since: unreadySince(pod) ?? ended.finishedAt,
    }),
  ];
}

type End = NonNullable<NonNullable<ContainerStatus["state"]>["terminated"]>;

/** What the end of a container's run says of that container. */
function endFields(pod: Pod, container: string, end: End) {
  const outOfMemory = outOfMemoryAtEnd(pod, container, end);
  return {
    container,
    ...(isEndUnknown(end) ? {} : { exitCode: end.exitCode }),
    ...(outOfMemory === undefined ? {} : { outOfMemory }),
  };
}

/** Whether a container that runs again has not been ready since its last end. */
function isStillDown(pod: Pod, status: ContainerStatus): boolean {
  const startedAt = status.state?.running?.startedAt;
  return !status.ready && startedAt !== undefined && !wasReadySince(pod, startedAt);
}

function isEphemeral(pod: Pod, status: ContainerStatus): boolean {
  return pod.status?.ephemeralContainerStatuses?.includes(status) === true;
}

function unreadySince(pod: Pod): string | undefined {
  return isReady(pod) ? undefined : podCondition(pod, "Ready")?.lastTransitionTime;
}
