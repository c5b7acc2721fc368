import type { Revision } from "../kinds/revisions/revision.ts";
import type { ObjectMeta, Workload } from "../shared/kubernetes/types.ts";
import type { FailingPod } from "./failing-pod.ts";
import { mayHavePassedForReady, readyBeforeFailing, type StableTime } from "./onset.ts";
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
}

/**
 * How long a revision ran well: by the pods that fail, or by its status, which says when all of its pods were available,
 * and since when they are not. The status is believed only where pods that fail as these do cannot have counted as
 * available, and not for a time before the number of replicas was set: there may have been none.
 */
export function stableTime(
  times: readonly ReadyTime[],
  workload: Workload | undefined,
  { rolledOut, unavailableSince }: ByStatus,
): StableTime {
  const byPods = times.reduce((longest, { ready }) => (ready.seconds > longest.seconds ? ready : longest), {
    seconds: 0,
    evidence: "",
  });
  const began = times
    .flatMap(({ failing: { failures } }) => failures.map(({ since }) => Date.parse(since ?? "")))
    .filter(Number.isFinite);
  if (rolledOut === undefined || began.length === 0) return byPods;
  if (times.some(({ failing: { pod, failures } }) => mayHavePassedForReady(pod, failures))) return byPods;
  const from = Math.max(rolledOut.getTime(), replicasSetAt(workload?.metadata) ?? -Infinity);
  const until = Math.min(...began, unavailableSince?.getTime() ?? Infinity);
  const seconds = (until - from) / 1_000;
  if (seconds <= byPods.seconds) return byPods;
  const evidence = `the rollout was complete ${Math.round(seconds)} s before the first pod began to fail`;
  return { seconds, evidence, byStatus: true };
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

/** An HPA's controller, which scales nothing to zero. */
const HPA_CONTROLLER = "kube-controller-manager";

/**
 * When somebody last set the number of replicas, in milliseconds, as far as the object's managed fields tell: each entry
 * has the time of its manager's last write.
 */
function replicasSetAt(metadata: ObjectMeta | undefined): number | undefined {
  const times = (metadata?.managedFields ?? [])
    .filter(({ manager }) => manager !== HPA_CONTROLLER)
    .filter(({ subresource, fieldsV1 }) => subresource === "scale" || hasReplicas(fieldsV1))
    .map(({ time }) => Date.parse(time ?? ""))
    .filter(Number.isFinite);
  return times.length === 0 ? undefined : Math.max(...times);
}

function hasReplicas(fields: unknown): boolean {
  const spec = (fields as { "f:spec"?: object } | undefined)?.["f:spec"];
  return spec !== undefined && "f:replicas" in spec;
}
