import type { PodTarget, RevisionRef } from "../../shared/refs.ts";
import { isOfRevision } from "../revisions/controller-revisions.ts";
import { isLeftover, isReady, isTerminating } from "../../shared/kubernetes/pods.ts";
import type { Pod, StatefulSet } from "../../shared/kubernetes/types.ts";
import { partitionOf } from "./partition.ts";

/**
 * The pods that keep a StatefulSet from going back to a revision: its controller replaces no pod while one is not ready,
 * not even that one, so it waits for ever for a pod whose revision is broken. Empty with the `Parallel` pod management,
 * which does not wait.
 * Source: kubernetes issue 67250; kubernetes.io/docs/concepts/workloads/controllers/statefulset, "Forced rollback"
 *
 * @param pods those that the StatefulSet controls
 * @param to the revision that is to be gone back to
 */
export function podsToUnblock(statefulSet: StatefulSet, pods: readonly Pod[], to: RevisionRef): PodTarget[] {
  if (statefulSet.spec?.podManagementPolicy === "Parallel") return [];
  const first = firstUpdated(statefulSet);
  return pods
    .filter((pod) => blocks(pod, to) && ordinalOf(pod) >= first)
    .sort((a, b) => ordinalOf(a) - ordinalOf(b))
    .map(({ metadata }) => ({ name: metadata?.name ?? "", uid: metadata?.uid ?? "" }));
}

/**
 * Whether a StatefulSet waits for this pod although it was made from another revision than the one that is to be gone
 * back to. Its controller replaces pods by itself that have failed for good, and needs no help with those on their way out.
 */
export function blocks(pod: Pod, to: RevisionRef): boolean {
  return !isReady(pod) && !isTerminating(pod) && !isLeftover(pod) && !isOfRevision(pod, to.name);
}

/** The lowest ordinal whose pod is made from the present template. */
export function firstUpdated(statefulSet: StatefulSet): number {
  return (statefulSet.spec?.ordinals?.start ?? 0) + partitionOf(statefulSet);
}

/** The number at the end of the name. */
export function ordinalOf({ metadata }: Pod): number {
  return Number(metadata?.name?.split("-").at(-1));
}
