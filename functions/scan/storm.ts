import type { Policy } from "../shared/policy.ts";
import type { WorkloadRef } from "../shared/refs.ts";
import type { Counted, Extent, Share } from "./extent.ts";
import { workloadKey } from "./incidents.ts";
import { clusterWords, namespaceWords, nodeWords } from "./storm-words.ts";
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
const NOTHING_KNOWN: Vote = { namespace: "", failing: 0, workloads: 0, isHit: false, isMost: false };
/** Of how many nodes the reasons are told. */
const MAX_NODES = 3;

/**
 * Tells many failures of one cause from many causes: so many workloads at once, in the cluster or in namespaces, or most
 * failing pods on one node where few others are well. Nobody who may create workloads in a few namespaces makes a storm of
 * the others by it, or hides one of theirs: see `votes.ts`.
 * @returns undefined when it is no storm
 */
export function findStorm(extent: Extent, policy: Policy): FailureStorm | undefined {
  const namespaces = findNamespaces(extent, policy);
  if (namespaces === "everywhere") {
    const reason = clusterWords(extent, sum([...sharesOf(extent).values()].map(({ told }) => told)));
    return { reason, nodes: [], namespaces: [], isEverywhere: true, covers: () => true };
  }
  const outside = extent.failing.filter(
    ({ incident, isExplained }) => !namespaces.has(incident.workload.namespace) && isExplained !== true,
  );
  const nodes = findNodes({ ...extent, failing: outside }, policy);
  if (namespaces.size + nodes.length === 0) return undefined;
  const names = [...namespaces].sort();
  const keys = new Set(
    nodes.flatMap(({ workloads }) => workloads.map(({ incident }) => workloadKey(incident.workload))),
  );
  return {
    reason: [
      ...(names.length === 0 ? [] : [wordsOf(extent, names)]),
      ...nodes.slice(0, MAX_NODES).map(({ node, workloads, pods }) => nodeWords(extent, workloads, node, pods)),
    ].join(" "),
    nodes: nodes.map(({ node }) => node).sort(),
    namespaces: names,
    isEverywhere: false,
    covers: (workload) => namespaces.has(workload.namespace) || keys.has(workloadKey(workload)),
  };
}

/** The namespaces that have a storm: each by itself, or several together. */
function findNamespaces(extent: Extent, policy: Policy): ReturnType<typeof reachOf> {
  const { min_workloads, min_share } = policy.storm;
  // Where all that there is waits for something elsewhere, nothing is told from it.
  const shares = [...sharesOf(extent)].filter(([, { of }]) => of > 0);
  const votes = shares.map(([namespace, share]): Vote => ({
    namespace,
    failing: share.told.failing,
    workloads: share.told.failing,
    isHit: share.failing > 0 && shareOf(share) >= min_share,
    isMost: share.failing * 2 > share.of,
  }));
  // Of what could not be counted nothing is concluded, so that it speaks against a storm of all.
  const unknown = Array.from({ length: extent.uncounted }, (): Vote => NOTHING_KNOWN);
  const together = reachOf([...votes, ...unknown], { least: min_workloads, share: min_share });
  if (together === "everywhere") return together;
  const own = shares.filter(([, share]) => share.failing >= min_workloads && shareOf(share) >= min_share);
  return new Set([...together, ...own.map(([name]) => name)]);
}

/** What is said of a storm of these namespaces; where no other has workloads, of all that there is. */
function wordsOf(extent: Extent, names: readonly string[]): string {
  const shares = [...sharesOf(extent)];
  const [here, elsewhere] = [true, false].map((isIn) =>
    sum(shares.filter(([name]) => names.includes(name) === isIn).map(([, { told }]) => told)),
  ) as [Share, Share];
  return elsewhere.of + extent.uncounted === 0
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

/** How many workloads of a namespace fail, of how many, without those that are explained; and with them, as people are told. */
interface NamespaceShare extends Share {
  told: Share;
}

/** The namespaces that have workloads, each with how many of them fail; in one that could not be counted nothing is known to. */
function sharesOf({ failing, workloads }: Extent): Map<string, NamespaceShare> {
  const failed = Map.groupBy(failing, ({ incident }) => incident.workload.namespace);
  const shares = [...workloads].map(([name, counted]): [string, NamespaceShare] => {
    const here = failed.get(name) ?? [];
    const explained = here.filter(({ isExplained }) => isExplained === true).length;
    // What was made or deleted while the scan went on.
    const all = Math.max(here.length, counted);
    const told = { failing: here.length, of: all };
    return [name, { failing: here.length - explained, of: all - explained, told }];
  });
  return new Map(shares.filter(([, { told }]) => told.of > 0));
}

function shareOf({ failing, of }: Share): number {
  return of === 0 ? 0 : failing / of;
}

function sum(shares: readonly Share[]): Share {
  const add = (total: Share, { failing, of }: Share) => ({ failing: total.failing + failing, of: total.of + of });
  return shares.reduce(add, { failing: 0, of: 0 });
}
