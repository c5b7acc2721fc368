import type { Kind } from "../kinds/kind.ts";
import { CRON_JOB, JOB } from "../kinds/job/kind.ts";
import { conditionOf } from "../kinds/status.ts";
import { workloadNotFound } from "../kinds/workloads.ts";
import type { End } from "../run/contracts.ts";
import type { Reader } from "../shared/cluster/cluster.ts";
import { getIfThere } from "../shared/cluster/get-if-there.ts";
import { paths } from "../shared/cluster/paths.ts";
import { RemediationError } from "../shared/errors.ts";
import { isSameKind, type KindRef } from "../shared/kubernetes/groups.ts";
import { lastWriter } from "../shared/kubernetes/managed-fields.ts";
import { containerStatuses, isLeftover } from "../shared/kubernetes/pods.ts";
import type { CronJob, Job, Node, Pod, Workload } from "../shared/kubernetes/types.ts";
import type { WorkloadRef } from "../shared/refs.ts";
import { moment } from "../shared/text.ts";
import { podWellSince } from "./well-since.ts";

/** How it ended that something failed of which people were told. */
export interface Ended {
  how: End;
  /** Since when it is so; undefined where nothing tells. */
  since: Date | undefined;
  /** The same for people, in whole sentences. */
  words: string;
}

/** One kind of what is never remedied, and how its object shows that it does not fail any more. */
interface Shows {
  kind: KindRef;
  read(cluster: Reader, ref: WorkloadRef, toldAt: Date): Promise<Ended | undefined>;
}

function shows<Object>(
  kind: KindRef,
  path: (ref: WorkloadRef) => string,
  ended: (object: Object, toldAt: Date) => Ended | undefined,
): Shows {
  return {
    kind,
    read: async (cluster, ref, toldAt) => {
      const object = await getIfThere<Object>(cluster, path(ref));
      if (object === undefined) throw workloadNotFound(cluster, ref, new RemediationError("NotFound", "It is gone."));
      return ended(object, toldAt);
    },
  };
}

const SHOWS: readonly Shows[] = [
  shows({ kind: "Pod" }, ({ namespace, name }) => paths.pod(namespace, name), podEnded),
  shows({ kind: JOB.kind }, ({ namespace, name }) => paths.job(namespace, name), jobEnded),
  shows(CRON_JOB, ({ namespace, name }) => paths.cronJob(namespace, name), cronJobEnded),
  shows({ kind: "Node" }, ({ name }) => paths.node(name), nodeEnded),
];

/** Whether it is of a kind that is never remedied, and that shows by itself that it does not fail any more. */
export function showsItsEnd(ref: KindRef): boolean {
  return showsOf(ref) !== undefined;
}

/**
 * How it ended that something failed which is never remedied; undefined where it does not show that, whatever it shows.
 * @param toldAt when people were told that it fails
 * @throws RemediationError `WorkloadNotFound` when it is gone
 */
export async function readEnded(cluster: Reader, ref: WorkloadRef, toldAt: Date): Promise<Ended | undefined> {
  return await showsOf(ref)?.read(cluster, ref, toldAt);
}

function showsOf(ref: KindRef): Shows | undefined {
  return SHOWS.find(({ kind }) => isSameKind(ref, kind));
}

/**
 * That a workload is to have no pods, and has none: nothing of it fails, and whether it would work is not known. Undefined where
 * that is not so.
 * @param pods its pods, of all its revisions
 */
export function runsNowhere(kind: Kind, workload: Workload, pods: readonly Pod[]): Ended | undefined {
  if (workload.metadata?.deletionTimestamp !== undefined) return undefined;
  if (!kind.hasSeenSpec(workload) || kind.wanted(workload) !== 0 || !pods.every(isLeftover)) return undefined;
  const unknown = "None of its pods runs, so whether it works is not known, and nothing of it is being looked at";
  if (kind.onePerNode === true) {
    return { how: "runs nowhere", since: undefined, words: `It is to run on no node. ${unknown} until it is.` };
  }
  const since = lastWriter(workload.metadata, ["spec", "replicas"])?.at;
  // A writer's time is that of its last write to any field: it may have set this one before.
  const when = since === undefined ? "" : `, since ${moment(since)} at the latest`;
  return { how: "scaled to 0", since, words: `It is scaled to 0${when}. ${unknown} until it is scaled up.` };
}

function podEnded(pod: Pod): Ended | undefined {
  if (pod.status?.phase === "Succeeded") {
    const ends = containerStatuses(pod).map(({ state }) => Date.parse(state?.terminated?.finishedAt ?? ""));
    return succeeded(latest(ends), "It");
  }
  const since = podWellSince(pod);
  return since && { how: "works", since, words: `It has been ready since ${moment(since)}.` };
}

function jobEnded({ status }: Job): Ended | undefined {
  const complete = conditionOf(status?.conditions, "Complete");
  if (complete?.status !== "True") return undefined;
  return succeeded(latest([Date.parse(status?.completionTime ?? complete.lastTransitionTime ?? "")]), "It");
}

/** Its Jobs fail one by one: that one has succeeded since is what ends it. */
function cronJobEnded({ status }: CronJob, toldAt: Date): Ended | undefined {
  const since = latest([Date.parse(status?.lastSuccessfulTime ?? "")]);
  if (since === undefined || since <= toldAt) return undefined;
  return { ...succeeded(since, "A Job of it"), how: "works" };
}

function nodeEnded({ spec, status }: Node): Ended | undefined {
  const ready = conditionOf(status?.conditions, "Ready");
  const since = latest([Date.parse(ready?.lastTransitionTime ?? "")]);
  if (ready?.status !== "True" || since === undefined) return undefined;
  const cordoned = spec?.unschedulable === true ? " It is cordoned: no pod is scheduled to it." : "";
  return { how: "works", since, words: `It has been ready since ${moment(since)}.${cordoned}` };
}

function succeeded(since: Date | undefined, what: string): Ended {
  const when = since === undefined ? "" : ` at ${moment(since)}`;
  return { how: "succeeded", since, words: `${what} succeeded${when}.` };
}

/** The latest of these times; undefined where none is known. */
function latest(times: readonly number[]): Date | undefined {
  const known = times.filter(Number.isFinite);
  return known.length === 0 ? undefined : new Date(Math.max(...known));
}
