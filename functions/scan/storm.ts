import type { Policy } from "../shared/policy.ts";
import type { WorkloadRef } from "../shared/refs.ts";
import type { Extent, Share } from "./extent.ts";
import { workloadKey } from "./incidents.ts";
import { clusterWords, namespaceWords, nodeWords } from "./storm-words.ts";

/** So much fails at once that it is looked at as one matter, and nothing of it is touched. */
export interface FailureStorm {
  /** The sentences that say why it is one. */
  reason: string;
  /** The node that its failing pods share; undefined when it is not one node's. */
  node?: string;
  /** The namespace that it is limited to; undefined when it is not one namespace's. */
  namespace?: string;
  /** Whether a workload belongs to it; the others are looked after all the same. */
  covers: (workload: WorkloadRef) => boolean;
}

/** A cluster's failure shows outside of the namespaces that have most of it, in so many workloads at least. */
const MIN_OUTSIDE = 2;
/** So many namespaces are left out of that look, where there are more: one tenant often has two. */
const LEFT_OUT = 2;
/** One or two workloads that happen to sit on one node say nothing about the node. */
const MIN_WORKLOADS_ON_NODE = 3;

/**
 * Tells many failures of one cause from many causes: so many workloads at once, in the cluster or in a namespace, or most
 * failing pods on one node where few others are well. What fails in one or two namespaces alone is their storm, so that
 * nobody who may create workloads there stops the remedies of the others.
 * @returns undefined when it is no storm
 */
export function findStorm(extent: Extent, policy: Policy): FailureStorm | undefined {
  return clusterStorm(extent, policy) ?? namespaceStorm(extent, policy) ?? nodeStorm(extent, policy);
}

function clusterStorm(extent: Extent, policy: Policy): FailureStorm | undefined {
  const { min_share } = policy.storm;
  // Those come first that have most beyond the share: without them, the share of the others is the smallest that it can be.
  const beyond = ({ failing, of }: Share) => failing - min_share * of;
  const shares = [...sharesOf(extent).values()].sort((a, b) => beyond(b) - beyond(a));
  const all = sum(shares);
  if (!isMany(all, policy)) return undefined;
  const outside = sum(shares.slice(Math.min(LEFT_OUT, shares.length - 1)));
  const isEverywhere = outside.failing >= MIN_OUTSIDE && shareOf(outside) >= min_share;
  if (shares.length > 1 && !isEverywhere) return undefined;
  return { reason: clusterWords(extent, all), covers: () => true };
}

function namespaceStorm(extent: Extent, policy: Policy): FailureStorm | undefined {
  const hit = [...sharesOf(extent)].filter(([, share]) => isMany(share, policy));
  if (hit.length === 0) return undefined;
  const names = hit.map(([name]) => name).sort();
  const [first = ""] = names;
  const elsewhere = [...sharesOf(extent)].filter(([name]) => !names.includes(name)).map(([, share]) => share);
  return {
    reason: namespaceWords(extent, names, sum(hit.map(([, share]) => share)), sum(elsewhere)),
    ...(names.length === 1 ? { namespace: first } : {}),
    covers: ({ namespace }) => names.includes(namespace),
  };
}

function nodeStorm(extent: Extent, policy: Policy): FailureStorm | undefined {
  const pods = extent.failing.flatMap((counted) => counted.pods.map((pod) => ({ ...pod, counted })));
  const { node_share, min_pods_on_node } = policy.storm;
  for (const [node, onNode] of Map.groupBy(pods, (pod) => pod.node)) {
    if (node === undefined || onNode.length < min_pods_on_node) continue;
    const workloads = new Set(onNode.map(({ counted }) => counted));
    if (workloads.size < MIN_WORKLOADS_ON_NODE || onNode.length / pods.length < node_share) continue;
    // Whoever chooses the node of their pods cannot make those of others fail there.
    if ((extent.wellOn.get(node) ?? 0) >= onNode.length) continue;
    const keys = new Set([...workloads].map(({ incident }) => workloadKey(incident.workload)));
    return {
      reason: nodeWords(extent, [...workloads], node, { failing: onNode.length, of: pods.length }),
      node,
      covers: (workload) => keys.has(workloadKey(workload)),
    };
  }
  return undefined;
}

/** The namespaces that have workloads, each with how many of them fail. */
function sharesOf({ failing, workloads }: Extent): Map<string, Share> {
  const failed = Map.groupBy(failing, ({ incident }) => incident.workload.namespace);
  const names = new Set([...workloads.keys(), ...failed.keys()]);
  const shares = [...names].map((name): [string, Share] => {
    const number = failed.get(name)?.length ?? 0;
    // What could not be counted is there all the same.
    return [name, { failing: number, of: Math.max(number, workloads.get(name) ?? 0) }];
  });
  return new Map(shares.filter(([, { of }]) => of > 0));
}

function isMany(share: Share, { storm }: Policy): boolean {
  return share.failing >= storm.min_workloads && shareOf(share) >= storm.min_share;
}

function shareOf({ failing, of }: Share): number {
  return of === 0 ? 0 : failing / of;
}

function sum(shares: readonly Share[]): Share {
  const add = (total: Share, { failing, of }: Share) => ({ failing: total.failing + failing, of: total.of + of });
  return shares.reduce(add, { failing: 0, of: 0 });
}
