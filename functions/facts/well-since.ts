import type { Kind } from "../kinds/kind.ts";
import { isLeftover, isReady, isTerminating, readySince } from "../shared/kubernetes/pods.ts";
import type { Pod, Workload } from "../shared/kubernetes/types.ts";

/**
 * Since when a workload has been well, beyond doubt: its status lacks nothing, and each of its pods has been ready, without a
 * restart. Undefined where it is not well, where no pod is wanted that could show it, and where its pods do not say since when.
 * @param pods its pods, of all its revisions
 */
export function wellSince(kind: Kind, workload: Workload, pods: readonly Pod[]): Date | undefined {
  if (workload.metadata?.deletionTimestamp !== undefined) return undefined;
  if (!kind.hasSeenSpec(workload) || kind.gaps(workload).length > 0) return undefined;
  const staying = pods.filter((pod) => !isTerminating(pod) && !isLeftover(pod));
  if (kind.wanted(workload) === 0 || staying.length < kind.wanted(workload) || !staying.every(isReady))
    return undefined;
  const times = staying.flatMap((pod) => [readySince(pod), ...starts(pod)]).map((text) => Date.parse(text ?? ""));
  const latest = Math.max(...times);
  return Number.isNaN(latest) ? undefined : new Date(latest);
}

/** When its containers were started, as they run now. */
function starts({ status }: Pod): string[] {
  return (status?.containerStatuses ?? []).flatMap(({ state }) => state?.running?.startedAt ?? []);
}
