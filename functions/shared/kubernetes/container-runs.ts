import type { ContainerStatus } from "./types.ts";

type End = NonNullable<NonNullable<ContainerStatus["state"]>["terminated"]>;

/**
 * Whether the runtime could not start the container's program, so that there was no run: the time of its start is then the
 * beginning of 1970, which says nothing.
 * Source: containerd internal/cri/server/container_start.go, where a task that fails to start has no `StartedAt`
 */
export function wasNeverStarted(end: End | undefined): boolean {
  return Date.parse(end?.startedAt ?? "") <= 0;
}

/** When the run that ended so began, in milliseconds; undefined when that is not known, or there was no run. */
export function startOfRun(end: End | undefined): number | undefined {
  const started = Date.parse(end?.startedAt ?? "");
  return started > 0 ? started : undefined;
}

/**
 * Whether nobody saw how the run ended, as after a restart of the node. The exit code is then made up: 255 by containerd, 137
 * by the kubelet.
 * Source: containerd internal/cri/server/container_status.go, unknownExitCode; kubernetes pkg/kubelet/kubelet_pods.go,
 * ContainerReasonStatusUnknown
 */
export function isEndUnknown({ reason }: Pick<End, "reason">): boolean {
  return reason === "Unknown" || reason === "ContainerStatusUnknown";
}
