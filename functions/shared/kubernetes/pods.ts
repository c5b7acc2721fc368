import type { ContainerStatus, Pod } from "./types.ts";

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

/** How often the kubelet has restarted the pod's containers, all together. */
export function restartCount(pod: Pod): number {
  return containerStatuses(pod).reduce((sum, status) => sum + status.restartCount, 0);
}
