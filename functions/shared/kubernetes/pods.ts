import type { ContainerStatus, Pod } from "./types.ts";

/** One way in which a pod fails, as its status tells it. */
export interface PodFailure {
  /** The Kubernetes reason: a container's waiting or terminated reason, or the pod's own. */
  reason: string;
  container?: string;
  /** The exit code of the last termination, where there was one. */
  exitCode?: number;
  message?: string;
}

/**
 * Waiting reasons that mean trouble. `ContainerCreating` and `PodInitializing` are normal life.
 * Source: pkg/kubelet/images/types.go, pkg/kubelet/kuberuntime/kuberuntime_container.go, pkg/kubelet/container/sync_result.go.
 */
const FAILING_WAITING_REASONS: ReadonlySet<string> = new Set([
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
  "RunContainerError",
  "PostStartHookError",
  "StartError",
]);

/** Container statuses in the order in which the kubelet starts them. */
export function containerStatuses(pod: Pod): ContainerStatus[] {
  return [
    ...(pod.status?.initContainerStatuses ?? []),
    ...(pod.status?.containerStatuses ?? []),
    ...(pod.status?.ephemeralContainerStatuses ?? []),
  ];
}

/** Whether the pod is on its way out: its controller has already let it go. */
export function isTerminating(pod: Pod): boolean {
  return pod.metadata?.deletionTimestamp !== undefined;
}

/** Whether the pod belongs to a Job, which has its own rules for failed pods. */
export function isJobPod(pod: Pod): boolean {
  return pod.metadata?.ownerReferences?.some((owner) => owner.kind === "Job") === true;
}

/**
 * Whether the kubelet runs the pod from a file on its node. Deleting its mirror changes nothing.
 * Source: kubernetes.io/docs/tasks/configure-pod-container/static-pod
 */
export function isStaticPod(pod: Pod): boolean {
  return pod.metadata?.annotations?.["kubernetes.io/config.mirror"] !== undefined;
}

/** The ways in which a pod fails; none when it is well, starting, finished or being deleted. */
export function podFailures(pod: Pod): PodFailure[] {
  if (isTerminating(pod)) return [];
  const phase = pod.status?.phase;
  if (phase === "Succeeded") return [];
  if (phase === "Failed" || phase === "Unknown") return [wholePodFailure(pod, phase)];
  return containerStatuses(pod).flatMap(containerFailure);
}

/** Whether anything fails in the pod. */
export function isFailing(pod: Pod): boolean {
  return podFailures(pod).length > 0;
}

/** Whether the pod has ended for good and is only a leftover record. */
export function isLeftover(pod: Pod): boolean {
  return pod.status?.phase === "Failed" && !isTerminating(pod);
}

/** Whether the pod's Ready condition is true. */
export function isReady(pod: Pod): boolean {
  return readyCondition(pod)?.status === "True";
}

/** Since when the Ready condition is as it is. */
export function readySince(pod: Pod): string | undefined {
  return readyCondition(pod)?.lastTransitionTime;
}

/** How often the kubelet has restarted the pod's containers, all together. */
export function restartCount(pod: Pod): number {
  return containerStatuses(pod).reduce((sum, status) => sum + status.restartCount, 0);
}

function readyCondition(pod: Pod) {
  return pod.status?.conditions?.find((condition) => condition.type === "Ready");
}

function wholePodFailure(pod: Pod, phase: string): PodFailure {
  const terminated = containerStatuses(pod)
    .map((status) => ({ name: status.name, state: status.state?.terminated ?? status.lastState?.terminated }))
    .find(({ state }) => state !== undefined && state.exitCode !== 0);
  const message = pod.status?.message ?? terminated?.state?.message;
  return {
    reason: pod.status?.reason ?? terminated?.state?.reason ?? phase,
    ...(terminated === undefined ? {} : { container: terminated.name }),
    ...(terminated?.state === undefined ? {} : { exitCode: terminated.state.exitCode }),
    ...(message === undefined ? {} : { message }),
  };
}

function containerFailure(status: ContainerStatus): PodFailure[] {
  const waiting = status.state?.waiting;
  const last = status.lastState?.terminated;
  if (waiting?.reason !== undefined && FAILING_WAITING_REASONS.has(waiting.reason)) {
    const message = waiting.message ?? last?.message;
    return [
      {
        reason: waiting.reason,
        container: status.name,
        ...(last === undefined ? {} : { exitCode: last.exitCode }),
        ...(message === undefined ? {} : { message }),
      },
    ];
  }
  // Between two attempts of a crash loop the container runs or has just ended; the last termination still tells.
  const ended = status.state?.terminated ?? (status.ready ? undefined : last);
  if (ended !== undefined && ended.exitCode !== 0 && status.restartCount > 0) {
    return [
      {
        reason: ended.reason ?? "Error",
        container: status.name,
        exitCode: ended.exitCode,
        ...(ended.message === undefined ? {} : { message: ended.message }),
      },
    ];
  }
  return [];
}
