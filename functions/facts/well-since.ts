import type { Kind } from "../kinds/kind.ts";
import { isLeftover, isReady, isTerminating, readySince } from "../shared/kubernetes/pods.ts";
import { hpaCondition, limitedAtMaximumSince } from "../shared/kubernetes/hpa.ts";
import type { Hpa, Pod, Workload } from "../shared/kubernetes/types.ts";

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
  return latestOf(staying.flatMap(timesOf));
}

/** Since when one pod has been ready, without a restart; undefined where it is not, or does not say since when. */
export function podWellSince(pod: Pod): Date | undefined {
  return isReady(pod) && !isTerminating(pod) ? latestOf(timesOf(pod)) : undefined;
}

function timesOf(pod: Pod): (string | undefined)[] {
  return [readySince(pod), ...starts(pod)];
}

/** The latest of these times; undefined where one of them is not known. */
function latestOf(times: readonly (string | undefined)[]): Date | undefined {
  const latest = Math.max(...times.map((text) => Date.parse(text ?? "")));
  return Number.isNaN(latest) ? undefined : new Date(latest);
}

/**
 * Since when an HPA has had nothing to say against its workload's size, however short that was; undefined where it has, as
 * where it wants more than its maximum at this moment.
 */
export function scalesWellSince(hpa: Hpa): Date | undefined {
  const [able, active, limited] = CONDITIONS.map((type) => hpaCondition(hpa, type));
  if (able?.status === "False" || (active?.status === "False" && active.reason !== "ScalingDisabled")) return undefined;
  if (limitedAtMaximumSince(hpa) !== undefined) return undefined;
  // One that is limited is at its minimum.
  const well = [able, active, limited?.status === "False" ? limited : undefined];
  const times = well.map((condition) => Date.parse(condition?.lastTransitionTime ?? "")).filter(Number.isFinite);
  return new Date(Math.max(0, ...times));
}

const CONDITIONS = ["AbleToScale", "ScalingActive", "ScalingLimited"] as const;

/** When its containers were started, as they run now. */
function starts({ status }: Pod): string[] {
  // Of init containers, sidecars alone run in a pod that is ready.
  const all = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
  return all.flatMap(({ state }) => state?.running?.startedAt ?? []);
}
