import type { Pod } from "./types.ts";

/** What controllers, scheduler and kubelet ask of a pod. */

type PodCondition = NonNullable<NonNullable<Pod["status"]>["conditions"]>[number];

function readiness({ status }: Pod): PodCondition | undefined {
  return status?.conditions?.find(({ type }) => type === "Ready");
}

/** Source: kubernetes pkg/api/v1/pod/util.go, IsPodReady */
export function isReady(pod: Pod): boolean {
  return readiness(pod)?.status === "True";
}

/** The moment at which the pod became ready, or ceased to be. */
export function readySince(pod: Pod): string | undefined {
  return readiness(pod)?.lastTransitionTime;
}

/** Whether somebody has deleted the pod, and its kubelet has yet to end it. */
export function isTerminating({ metadata }: Pod): boolean {
  return (metadata?.deletionTimestamp ?? "") !== "";
}

/** The restarts of all its containers. Source: kubernetes pkg/controller/controller_utils.go, maxContainerRestarts */
export function restartCount({ status }: Pod): number {
  const containers = [
    ...(status?.initContainerStatuses ?? []),
    ...(status?.containerStatuses ?? []),
    ...(status?.ephemeralContainerStatuses ?? []),
  ];
  return containers.reduce((restarts, container) => restarts + container.restartCount, 0);
}

/** Whether a Job made the pod, so that its containers are to come to an end. */
export function isJobPod({ metadata }: Pod): boolean {
  return (metadata?.ownerReferences ?? []).some(({ kind }) => kind === "Job");
}
