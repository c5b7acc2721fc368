import type { ContainerStatus, Pod } from "./types.ts";

/** Container statuses in the order in which the kubelet starts them. */
export function containerStatuses(pod: Pod): ContainerStatus[] {
  return [
    ...(pod.status?.initContainerStatuses ?? []),
    ...(pod.status?.containerStatuses ?? []),
    ...(pod.status?.ephemeralContainerStatuses ?? []),
  ];
}

/** When the kubelet took the pod up, or else when it was made; undefined where it says neither. */
export function startOf({ metadata, status }: Pod): string | undefined {
  return status?.startTime ?? metadata?.creationTimestamp;
}

/** Whether the pod is on its way out: its controller has already let it go. */
export function isTerminating(pod: Pod): boolean {
  return pod.metadata?.deletionTimestamp !== undefined;
}

/**
 * Whether the kubelet runs the pod from a file on its node. Deleting its mirror changes nothing.
 * Source: kubernetes.io/docs/tasks/configure-pod-container/static-pod
 */
export function isStaticPod(pod: Pod): boolean {
  return pod.metadata?.annotations?.["kubernetes.io/config.mirror"] !== undefined;
}

/** Whether the pod has ended for good and is only a leftover record. */
export function isLeftover(pod: Pod): boolean {
  return pod.status?.phase === "Failed" && !isTerminating(pod);
}

/** The pod's condition of that type. */
export function podCondition(pod: Pod, type: "Ready" | "PodScheduled") {
  return pod.status?.conditions?.find((condition) => condition.type === type);
}

/** Whether the pod's Ready condition is true. */
export function isReady(pod: Pod): boolean {
  return podCondition(pod, "Ready")?.status === "True";
}

/** Since when the Ready condition is as it is. */
export function readySince(pod: Pod): string | undefined {
  return podCondition(pod, "Ready")?.lastTransitionTime;
}

/** The kubelet writes a container's end into the conditions with its next sync. */
const STATUS_DELAY_MS = 10_000;

/** Whether a pod that is not ready was so at some time after a container of it was started: it is unready from a later moment on. */
export function wasReadySince(pod: Pod, startedAt: string): boolean {
  const since = isReady(pod) ? undefined : readySince(pod);
  return since !== undefined && Date.parse(since) > Date.parse(startedAt) + STATUS_DELAY_MS;
}

/**
 * Whether a pod's spec was changed since it was made, as by a resize in place: what it had at an earlier moment is not known
 * then. Source: kubernetes.io/docs/concepts/workloads/pods, "Pod Generation"
 */
export function isChanged({ metadata }: Pod): boolean {
  return (metadata?.generation ?? 1) > 1;
}

/** How often the kubelet has restarted the pod's containers, all together. */
export function restartCount(pod: Pod): number {
  return containerStatuses(pod).reduce((sum, status) => sum + status.restartCount, 0);
}
