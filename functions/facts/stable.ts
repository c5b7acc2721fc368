import type { Revision } from "../kinds/revisions/revision.ts";
import { isReady } from "../shared/kubernetes/pods.ts";
import type { ObjectMeta, Pod } from "../shared/kubernetes/types.ts";
import type { Evidence } from "./evidence.ts";
import type { FailingPod } from "./failing-pod.ts";
import { mayHavePassedForReady, readyBeforeFailing, readyTime, type StableTime } from "./onset.ts";
import type { Standing } from "./proof.ts";

/** A pod that fails, and how long it was ready before. */
export interface ReadyTime {
  failing: FailingPod;
  ready: StableTime;
}

/** How long each of these pods was ready before it began to fail. */
export function readyTimes(failing: readonly FailingPod[], rolledOut: Date | undefined): ReadyTime[] {
  return failing.map((pod) => ({ failing: pod, ready: readyBeforeFailing(pod.pod, pod.failures, rolledOut) }));
}

/** What a workload's own status tells. */
interface ByStatus {
  /** When the present revision was completely rolled out. */
  rolledOut: Date | undefined;
  /** Since when there are too few available pods. */
  unavailableSince: Date | undefined;
  /** Until when there may have been no pods at all, in milliseconds. */
  emptyUntil: number | undefined;
}

/**
 * How long a revision ran well: by the pods that fail, or by its status, which says when all of its pods were available,
 * and since when they are not. The status is believed only where pods that fail as these do cannot have counted as
 * available, and not for a time in which there may have been no pods.
 */
export function stableTime(
  times: readonly ReadyTime[],
  { rolledOut, unavailableSince, emptyUntil }: ByStatus,
): StableTime {
  const byPods = times.reduce((longest, { ready }) => (ready.seconds > longest.seconds ? ready : longest), {
    seconds: 0,
    evidence: "",
  });
  const began = times.flatMap(({ failing }) => firstSigns(failing)).filter(Number.isFinite);
  if (rolledOut === undefined || began.length === 0) return byPods;
  if (times.some(({ failing: { pod, failures } }) => mayHavePassedForReady(pod, failures))) return byPods;
  const from = Math.max(rolledOut.getTime(), emptyUntil ?? -Infinity);
  const until = Math.min(...began, unavailableSince?.getTime() ?? Infinity);
  const seconds = (until - from) / 1_000;
  if (seconds <= byPods.seconds) return byPods;
  const evidence = `the rollout was complete ${Math.round(seconds)} s before the first pod began to fail`;
  return { seconds, evidence, byStatus: true };
}

/** When a pod began to fail; one that never was ready has been missing since it was made, whatever held it up before it failed. */
function firstSigns({ pod, failures }: FailingPod): number[] {
  const began = failures.map(({ since }) => Date.parse(since ?? ""));
  return wasNeverReady(pod) ? [...began, Date.parse(pod.metadata?.creationTimestamp ?? "")] : began;
}

/** How long the kubelet takes at most to write down that a pod which it has just seen is not ready, in milliseconds. */
const SEEN_MS = 2_000;

/** Whether the pod's conditions tell that it has not been ready since it was made: nobody has looked at it, or all look the same. */
function wasNeverReady(pod: Pod): boolean {
  const { startTime, conditions = [] } = pod.status ?? {};
  if (isReady(pod)) return false;
  if (startTime === undefined) return true;
  const ready = conditions.find(({ type }) => type === "Ready");
  return Date.parse(ready?.lastTransitionTime ?? "") - Date.parse(startTime) <= SEEN_MS;
}

/** What the kubelet says of pods that it ended for the sake of the node. Source: kubernetes pkg/kubelet/nodeshutdown, preemption */
const ENDED_BY_NODE: ReadonlySet<string> = new Set(["Terminated", "NodeShutdown", "Shutdown", "Preempting"]);

/**
 * How long the longest-lived of these pods was ready until its node ended it, where none of its containers ever ended
 * before: nothing says that such a pod failed, and what its revision was then is known by it.
 */
export function untilNodeEnded(pods: readonly FailingPod[]): StableTime {
  const none: StableTime = { seconds: 0, evidence: "" };
  return pods
    .filter(({ failures }) => failures.every(({ reason }) => ENDED_BY_NODE.has(reason)))
    .map(({ pod }) => {
      const statuses = pod.status?.containerStatuses ?? [];
      if (statuses.length === 0 || statuses.some(({ restartCount }) => restartCount > 0)) return none;
      const seconds = Math.min(...statuses.map((status) => readyTime(pod, status, undefined).seconds));
      const evidence = `pod ${pod.metadata?.name ?? ""} of the same revision ran for ${Math.round(seconds)} s until its node ended it`;
      return { seconds, evidence, byStatus: true as const };
    })
    .reduce((longest, time) => (time.seconds > longest.seconds ? time : longest), none);
}

/** The pods that were ready for that long themselves; all of them where that is known of the revision alone. */
export function podsThatRanWell(times: readonly ReadyTime[], seconds: number): FailingPod[] {
  const own = times.filter(({ ready }) => ready.seconds >= seconds);
  return (own.length > 0 ? own : times).map(({ failing }) => failing);
}

/** Whether other pods show that the present revision runs well: it replaced all others, and pods of it have been ready for long. */
export function hasProvenPods(
  current: Revision | undefined,
  revisions: readonly Revision[],
  standings: ReadonlyMap<string, Standing>,
): boolean {
  if (current === undefined || (standings.get(current.name)?.proven ?? 0) === 0) return false;
  return revisions.every((revision) => revision === current || revision.replicas === 0);
}

/**
 * Until when there may have been no pods of a revision, because the number of replicas was zero, in milliseconds: when that
 * number was last set, as far as managed fields tell of the workload or of the object that holds the revision; undefined
 * where a pod is older than that, and where an HPA scales the workload, which sets no zero.
 */
export function mayHaveBeenEmptyUntil(
  { workload, holders, hpa }: Pick<Evidence, "workload" | "holders" | "hpa">,
  current: Revision | undefined,
  pods: readonly Pod[],
): number | undefined {
  if (hpa !== undefined) return undefined;
  const holder = holders.find(({ metadata }) => metadata?.name === current?.name);
  const set = [workload, holder].flatMap((object) => replicasWritten(object?.metadata));
  if (set.length === 0) return undefined;
  const last = Math.max(...set);
  return pods.some(({ metadata }) => Date.parse(metadata?.creationTimestamp ?? "") < last) ? undefined : last;
}

/** When the number of replicas was last set, in milliseconds; undefined where nothing tells, and where an HPA scales, which sets no zero. */
export function replicasSetAt({ workload, hpa }: Pick<Evidence, "workload" | "hpa">): number | undefined {
  const set = hpa === undefined ? replicasWritten(workload?.metadata) : [];
  return set.length === 0 ? undefined : Math.max(...set);
}

/** When the number of replicas was written, by the entry of each manager, which has the time of its last write. */
function replicasWritten(metadata: ObjectMeta | undefined): number[] {
  return (metadata?.managedFields ?? [])
    .filter(({ subresource, fieldsV1 }) => subresource === "scale" || hasReplicas(subresource, fieldsV1))
    .map(({ time }) => Date.parse(time ?? ""))
    .filter(Number.isFinite);
}

function hasReplicas(subresource: string | undefined, fields: unknown): boolean {
  const spec = (fields as { "f:spec"?: object } | undefined)?.["f:spec"];
  return subresource === undefined && spec !== undefined && "f:replicas" in spec;
}
