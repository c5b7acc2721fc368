import { timeOf } from "../run/event.ts";
import type { Case, FailingPod } from "./case.ts";
import { ofTheNode } from "./replacement-loop.ts";

/** A failed pod on a node whose controller has deleted failed pods there before. */
export interface NodeLoop {
  pod: FailingPod;
  node: string;
  /** The names of those that it has deleted, as far as Events tell. */
  deleted: string[];
  /** When it deleted the first of them. */
  since: Date;
}

/** One failure and the next may come and go with a node that starts; this many before the present one do not. */
const REPEATED = 2;

/**
 * The DaemonSet controller's words when it deletes a failed pod. It waits before it does, each time for twice as long, up to 15
 * minutes. Several such Events that come fast may be put together into one.
 * Source: kubernetes pkg/controller/daemon/daemon_controller.go; client-go tools/record/events_cache.go
 */
const DELETED = /Found failed daemon pod [^/\s]+\/(\S+) on node (\S+), will try to kill it/;

/**
 * Pods of a DaemonSet that have failed for good in the place of others that had: its controller deletes what failed, so that
 * only its Events tell of them. It has to go on for longer than the start of a node may take.
 */
export function nodeLoops({ evidence, leftovers, policy }: Case): NodeLoop[] {
  const uid = evidence.workload?.metadata?.uid;
  const told = evidence.surroundings.events.flatMap((event) => {
    const [, name, node] = DELETED.exec(event.message ?? "") ?? [];
    const isOwn = event.reason === "FailedDaemonPod" && event.involvedObject.uid === uid;
    return isOwn && name !== undefined && node !== undefined ? [{ name, node, at: timeOf(event) }] : [];
  });
  return leftovers.flatMap((pod) => {
    const node = pod.pod.spec?.nodeName;
    const before = told.filter((other) => other.node === node && other.name !== pod.pod.metadata?.name);
    if (node === undefined || before.length < REPEATED || ofTheNode(pod)) return [];
    const since = Math.min(...before.map(({ at }) => at));
    if (evidence.now.getTime() - since < policy.detect.starting_seconds * 1_000) return [];
    return [{ pod, node, deleted: before.map(({ name }) => name), since: new Date(since) }];
  });
}
