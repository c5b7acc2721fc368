import type { Pod } from "./types.ts";

type PodSpec = NonNullable<Pod["spec"]>;
export type Container = PodSpec["containers"][number];

/** A pod, or a template for pods. */
interface WithContainers {
  spec?: Pick<PodSpec, "containers" | "initContainers"> | undefined;
}

/** Every container of a pod or a template, init containers first. Ephemeral ones are of no template, and left out. */
export function containersOf({ spec }: WithContainers): Container[] {
  return [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])];
}

/** Those that run as long as the pod does: the containers, and the init containers that are sidecars. */
export function lastingContainersOf({ spec }: WithContainers): Container[] {
  const sidecars = (spec?.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === "Always");
  return [...(spec?.containers ?? []), ...sidecars];
}
