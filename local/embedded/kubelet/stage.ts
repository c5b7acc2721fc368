import type { ContainerStatus, Pod } from "../types.ts";
import type { Markers } from "./markers.ts";

/** A pod as its kubelet sees it. */
export interface Seen {
  pod: Pod;
  markers: Markers;
}

type Status = NonNullable<Pod["status"]>;

/** One step in the life of a pod. A pod is in one stage at most. */
export interface Stage {
  applies: (seen: Seen) => boolean;
  /** How long after the last change of the pod it is taken, in seconds. */
  delay: (seen: Seen, now: Date) => number;
  /** The fields of the status that become others; undefined for one that goes. */
  status: (seen: Seen, now: Date) => { [Field in keyof Status]?: Status[Field] | undefined };
  event?: { type: "Normal" | "Warning"; reason: string; message: string };
}

export function phaseOf({ pod }: Seen): string {
  return pod.status?.phase ?? "Pending";
}

/** Whether an init container has yet to end. */
export function isInitializing({ pod }: Seen): boolean {
  return (pod.status?.initContainerStatuses ?? []).some(({ state }) => state?.waiting !== undefined);
}

/** Whether the failing container waits for one of these reasons. */
export function brokenWaitsFor({ markers }: Seen, ...reasons: string[]): boolean {
  const reason = markers.broken?.state?.waiting?.reason;
  return reason !== undefined && reasons.includes(reason);
}

/** The statuses of all containers, with that of the failing one changed. */
export function changeFailing(
  { pod, markers }: Seen,
  change: (status: ContainerStatus) => Partial<ContainerStatus>,
): ContainerStatus[] {
  return (pod.status?.containerStatuses ?? []).map((status) =>
    status.name === markers.failing ? { ...status, ...change(status) } : status,
  );
}
