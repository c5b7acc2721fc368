import type { ContainerStatus, Pod } from "./types.ts";

/** What a pod's spec says of one of its containers, init containers included. */
export type ContainerSpec = NonNullable<Pod["spec"]>["containers"][number];

/** The spec of the container of that name, which is not an ephemeral one; undefined when it is not there. */
export function containerSpec({ spec }: Pod, name: string | undefined): ContainerSpec | undefined {
  return [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])].find((container) => container.name === name);
}

/**
 * Whether it is an init container that runs beside the others until the pod ends.
 * Source: kubernetes.io/docs/concepts/workloads/pods/sidecar-containers
 */
export function isSidecar({ spec }: Pod, { name }: Pick<ContainerStatus, "name">): boolean {
  return spec?.initContainers?.find((container) => container.name === name)?.restartPolicy === "Always";
}

/** Whether a container that has ended with an error is started again. */
export function isStartedAgain(pod: Pod, { name }: Pick<ContainerStatus, "name">): boolean {
  return (containerSpec(pod, name)?.restartPolicy ?? pod.spec?.restartPolicy) !== "Never";
}

/**
 * How the memory ran out for a container that was killed for it: at which limit. The container's own limit counts, else the
 * pod's; without either, it was the node's memory that ran out. Only `OOMKilled` where the pod's spec is not known.
 * Source: kubernetes.io/docs/concepts/configuration/manage-resources-containers
 */
export function outOfMemoryWords(pod: Pod, container: string): string {
  const spec = containerSpec(pod, container);
  if (spec === undefined) return "OOMKilled";
  const own = spec.resources?.limits?.["memory"];
  if (own !== undefined) return `OOMKilled at its memory limit of ${own}`;
  const ofPod = pod.spec?.resources?.limits?.["memory"];
  if (ofPod !== undefined) return `OOMKilled at the pod's memory limit of ${ofPod}`;
  return "OOMKilled without a memory limit: the node ran out of memory";
}
