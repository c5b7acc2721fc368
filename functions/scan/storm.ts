import type { Policy } from "../shared/policy.ts";
import type { WorkloadRef } from "../shared/refs.ts";
import type { Counted, Extent, Share } from "./extent.ts";
import { namespacesHit, shareOf, sharesOf, sum } from "./hit.ts";
import { workloadKey } from "./incidents.ts";
import { clusterWords, namespaceWords, nodeWords, unsureWords } from "./storm-words.ts";
import { reachOf, type Vote } from "./votes.ts";

/** So much fails at once that it is looked at as one matter, and nothing of it is touched. */
export interface FailureStorm {
  /** The sentences that say why it is one. */
  reason: string;
  /** The nodes that its failing pods share, each for itself; none when it is not of nodes. */
  nodes: readonly string[];
  /** The namespaces that it is limited to; none when it is not of namespaces. */
  namespaces: readonly string[];
  /** Whether it is the matter of everything that was looked at, so that nothing else is looked for. */
  isEverywhere: boolean;
  /** Whether a workload belongs to it; the others are looked after all the same. */
  covers: (workload: WorkloadRef) => boolean;
}

/** One or two workloads that happen to sit on one node say nothing about the node. */
const MIN_WORKLOADS_ON_NODE = 3;
/** The share of the namespaces with pods on a node that have to be hit there. */
const MOST = 0.5;
/** Of how many nodes the reasons are told. */
const MAX_NODES = 3;

/**
 * Tells many failures of one cause from many causes: so many workloads at once, in the cluster or in namespaces, or most
 * failing pods on one node where few others are well. Nobody who may create workloads in a few namespaces makes a storm of
 * the others by it, or hides one of theirs: see `votes.ts`. What would be a storm if most failed where nobody could count is
 * one, too, which says so.
 * @returns undefined when it is no storm
 */
export function findStorm(extent: Extent, policy: Policy): FailureStorm | undefined {
  const hit = namespacesHit(extent, policy);
  const possible = namespacesHit(extent, policy, { asHit: true });
  if (hit === "everywhere" || possible === "everywhere") {
    const all = sum([...sharesOf(extent).values()].map(({ told }) => told));
    const reason = hit === "everywhere" ? clusterWords(extent, all) : unsureWords(extent);
    return { reason, nodes: [], namespaces: [], isEverywhere: true, covers: () => true };
  }
  const outside = extent.failing.filter(
    ({ incident, isExplained }) => !hit.has(incident.workload.namespace) && isExplained !== true,
  );
  const nodes = findNodes({ ...extent, failing: outside }, policy);
  const namespaces = new Set([...hit, ...possible]);
  if (namespaces.size + nodes.length === 0) return undefined;
  const [names, unsure] = [[...hit].sort(), [...possible].filter((name) => !hit.has(name)).sort()];
  const keys = new Set(
    nodes.flatMap(({ workloads }) => workloads.map(({ incident }) => workloadKey(incident.workload))),
  );
  const onNodes = nodes.map(({ node }) => node);
  return {
    reason: [
      ...(names.length === 0 ? [] : [wordsOf(extent, names)]),
      ...(unsure.length === 0 ? [] : [unsureWords(extent, unsure)]),
      ...nodes
        .slice(0, MAX_NODES)
        .map(({ node, workloads, pods }) => nodeWords(extent, workloads, { node, pods, of: onNodes })),
    ].join(" "),
    nodes: onNodes.sort(),
    namespaces: [...namespaces].sort(),
    isEverywhere: false,
    covers: (workload) => namespaces.has(workload.namespace) || keys.has(workloadKey(workload)),
  };
}

/** What is said of a storm of these namespaces; where no other has workloads, of all that there is. */
function wordsOf(extent: Extent, names: readonly string[]): string {
  const shares = [...sharesOf(extent)];
  const [here, elsewhere] = [true, false].map((isIn) =>
    sum(shares.filter(([name]) => names.includes(name) === isIn).map(([, { told }]) => told)),
  ) as [Share, Share];
  return elsewhere.of + extent.uncounted + extent.passedOver === 0
    ? clusterWords(extent, here)
    : namespaceWords(extent, names, here, elsewhere);
}

/** A node that has a storm. */
interface NodeStorm {
  node: string;
  /** Those that belong to it. */
  workloads: Counted[];
  /** How many of their namespaces' failing pods are on it. */
  pods: Share;
}

/** The nodes that have a storm, with the most failing pods first. */
function findNodes(extent: Extent, policy: Policy): NodeStorm[] {
  const pods = extent.failing.flatMap((counted) => counted.pods);
  return [...Map.groupBy(pods, ({ node }) => node)]
    .filter(([, onNode]) => onNode.length >= policy.storm.min_pods_on_node)
    .flatMap(([node]) => (node === undefined ? [] : (nodeStorm(extent, node, policy) ?? [])))
    .sort((a, b) => b.pods.failing - a.pods.failing);
}

function nodeStorm(extent: Extent, node: string, policy: Policy): NodeStorm | undefined {
  const { node_share, min_pods_on_node } = policy.storm;
  const failing = Map.groupBy(extent.failing, ({ incident }) => incident.workload.namespace);
  const well = extent.wellOn.get(node) ?? new Map<string, number>();
  const votes = [...new Set([...failing.keys(), ...well.keys()])].flatMap((namespace): Vote[] => {
    const workloads = failing.get(namespace) ?? [];
    const onNode = podsOf(workloads, node);
    const share = { failing: onNode, of: podsOf(workloads) };
    if (onNode + (well.get(namespace) ?? 0) === 0) return [];
    // Whoever chooses the node of their pods cannot make those of others fail there.
    const isHit = onNode > (well.get(namespace) ?? 0) && shareOf(share) >= node_share;
    return [{ namespace, failing: onNode, workloads: onIt(workloads, node).length, isHit, isMost: isHit }];
  });
  const hit = votes.filter(({ isHit }) => isHit);
  const together = reachOf(votes, { least: min_pods_on_node, share: MOST });
  const storms = hit.filter(
    ({ namespace, workloads, failing: pods }) =>
      together === "everywhere" ||
      together.has(namespace) ||
      (pods >= min_pods_on_node && workloads >= MIN_WORKLOADS_ON_NODE),
  );
  const all = storms.flatMap(({ namespace }) => failing.get(namespace) ?? []);
  const workloads = onIt(all, node);
  if (workloads.length < MIN_WORKLOADS_ON_NODE) return undefined;
  return { node, workloads, pods: { failing: podsOf(all, node), of: podsOf(all) } };
}

/** How many failing pods the workloads have, on one node or anywhere. */
function podsOf(workloads: readonly Counted[], node?: string): number {
  const on = workloads.flatMap(({ pods }) => pods).filter((pod) => node === undefined || pod.node === node);
  return on.length;
}

/** Those with a failing pod on the node. */
function onIt(workloads: readonly Counted[], node: string): Counted[] {
  return workloads.filter(({ pods }) => pods.some((pod) => pod.node === node));
}
