import { isOlderThan } from "../shared/kubernetes/failures.ts";
import { isLeftover, isReady, isTerminating, readySince, restartCount } from "../shared/kubernetes/pods.ts";
import type { Case, FailingPod } from "./case.ts";
import { failsForCertain } from "./certain.ts";
import { STILL_STARTING } from "../kinds/failing/overdue.ts";
import { kindOf } from "../kinds/kinds.ts";
import { firstRolledOut } from "../kinds/revisions/revision.ts";
import type { Pod } from "../shared/kubernetes/types.ts";
import { SAME_MOMENT_SECONDS } from "./unready-together.ts";

/** The node that pods share which have been unready since the same moment. */
export interface SharedNode {
  node: string;
  /** How many pods of the workload are ready on other nodes. */
  readyElsewhere: number;
}

/**
 * The node that these pods have in common where it is to blame for them: several of them, all on it, have been unready since about
 * the same moment, no pod of the workload is ready there, and others are on other nodes. Undefined where one of it is not so;
 * on the only node of a workload nothing tells it from what its pods depend on.
 */
export function sharedNode({ evidence }: Case, failing: readonly FailingPod[]): SharedNode | undefined {
  const [node, ...others] = new Set(failing.map(({ pod }) => pod.spec?.nodeName));
  if (node === undefined || others.length > 0 || failing.length < 2) return undefined;
  if (failing.some(({ pod }) => isReady(pod)) || !isOneMoment(failing)) return undefined;
  const ready = evidence.pods.filter((pod) => isReady(pod) && !isTerminating(pod) && !isLeftover(pod));
  const there = ready.filter(({ spec }) => spec?.nodeName === node);
  return there.length > 0 || ready.length === 0 ? undefined : { node, readyElsewhere: ready.length };
}

function isOneMoment(failing: readonly FailingPod[]): boolean {
  const since = failing.map(({ pod }) => Date.parse(readySince(pod) ?? ""));
  return Math.max(...since) - Math.min(...since) <= SAME_MOMENT_SECONDS * 1_000;
}

/** On how many other nodes a revision has to run well before one where it fails is to blame for that. */
const SEVERAL_NODES = 2;

/**
 * The only node on which the present revision of a workload with one pod on each node fails, where its pods have run well on
 * several others since they were made, for longer than an update is left alone: what they were made from is the same.
 * Undefined where it fails for what no node can give it, as an image or a command that is not there, and where its pod ran well
 * before.
 */
export function badNode({ evidence, policy, ofCurrent, current, longStable, again }: Case): SharedNode | undefined {
  const { incident, pods, now } = evidence;
  const kind = kindOf(incident.workload);
  const [node, ...others] = new Set(ofCurrent.map(({ pod }) => nodeFor(pod)));
  if (kind?.onePerNode !== true || current === undefined || node === undefined || others.length > 0) return undefined;
  if (longStable || again !== undefined || ofCurrent.some(failsForCertain)) return undefined;
  if (ofCurrent.every(({ failures }) => failures.every(({ reason }) => reason === STILL_STARTING))) return undefined;
  const well = pods.filter(
    (pod) =>
      kind.history?.isMadeFrom(pod, current.name) === true &&
      pod.spec?.nodeName !== node &&
      isReady(pod) &&
      !isTerminating(pod) &&
      restartCount(pod) === 0 &&
      isOlderThan(readySince(pod), policy.detect.set_update_seconds, now),
  );
  return well.length < SEVERAL_NODES ? undefined : { node, readyElsewhere: well.length };
}

/** Nodes that have joined a cluster since a revision was rolled out, and on which alone it fails. */
export interface JoinedSince {
  /** Those that were looked at. */
  nodes: string[];
  /** On how many others it fails that were not looked at. */
  unread: number;
  /** On how many other nodes pods of the revision are ready. */
  readyElsewhere: number;
}

/**
 * The nodes on which alone the present revision of a workload with one pod on each node fails, where each of them that was read is
 * younger than it: no pod of an earlier revision was ever there, and other nodes would lose what is ready on them. Undefined where
 * it fails on an older node as well, is ready on none, or none of its nodes was read; and where the revision was rolled out more than
 * once, as when that was last is not known.
 */
export function joinedSince({ evidence, ofCurrent, current }: Case): JoinedSince | undefined {
  const { incident, pods, surroundings } = evidence;
  const kind = kindOf(incident.workload);
  const begin = firstRolledOut(current)?.getTime();
  if (kind?.onePerNode !== true || current === undefined || begin === undefined || ofCurrent.length === 0)
    return undefined;
  const all = new Set(ofCurrent.flatMap(({ pod }) => nodeFor(pod) ?? []));
  const read = surroundings.nodes.filter(({ metadata }) => all.has(metadata?.name ?? ""));
  const isYounger = read.every(({ metadata }) => Date.parse(metadata?.creationTimestamp ?? "") > begin);
  if (!ofCurrent.every(({ pod }) => nodeFor(pod) !== undefined) || read.length === 0 || !isYounger) return undefined;
  const nodes = read.flatMap(({ metadata }) => metadata?.name ?? []);
  const ready = pods.filter(
    (pod) =>
      kind.history?.isMadeFrom(pod, current.name) === true &&
      !all.has(pod.spec?.nodeName ?? "") &&
      isReady(pod) &&
      !isTerminating(pod),
  );
  return ready.length === 0 ? undefined : { nodes, unread: all.size - nodes.length, readyElsewhere: ready.length };
}

/**
 * The node of a pod, or the one that it is made for and that has not taken it.
 * Source: kubernetes pkg/controller/daemon/util, ReplaceDaemonSetPodNodeNameNodeAffinity
 */
function nodeFor({ spec }: Pod): string | undefined {
  const required = spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  const named = (required?.nodeSelectorTerms ?? []).flatMap(({ matchFields = [] }) =>
    matchFields.flatMap(({ key, values = [] }) => (key === "metadata.name" ? values : [])),
  );
  const [only, ...others] = new Set(named);
  return spec?.nodeName ?? (others.length === 0 ? only : undefined);
}
