import type { Kind } from "../kinds/kind.ts";
import type { Workload } from "../shared/kubernetes/types.ts";

/**
 * Why a ready pod of the workload must not go at present, whatever disruption budgets say; undefined when it may. The last
 * ready one of several stays, and so does the majority where pods may be members of a quorum. Of a workload of one pod
 * there is nothing to spare ever: whoever asks for the restart of that one means it.
 * @param ready how many of its pods are ready
 */
export function notToSpare(kind: Kind, workload: Workload, ready: number): string | undefined {
  const wanted = kind.wanted(workload);
  if (wanted < 2) return undefined;
  if (ready < 2) return `it is the last of ${wanted} pods that is ready`;
  const majority = Math.floor(wanted / 2) + 1;
  if (kind.quorum !== true || wanted < 3 || ready > majority) return undefined;
  return `${ready} of ${wanted} pods are ready, and without it a quorum of ${majority} would be lost`;
}
