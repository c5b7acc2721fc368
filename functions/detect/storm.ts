import type { Policy } from "../shared/policy.ts";

/** What the storm rule looks at. */
export interface Extent {
  failingWorkloads: number;
  workloads: number;
  /** For each failing pod, its node (if it has one) and its workload. */
  failingPods: { node: string | undefined; workload: string }[];
}

/**
 * Tells a cluster problem from workload problems: many workloads failing at once, or most failing pods on one node.
 * @returns the sentence that says why it is a storm; undefined when it is none
 */
export function stormReason(extent: Extent, policy: Policy): string | undefined {
  const { failingWorkloads, workloads, failingPods } = extent;
  const share = workloads === 0 ? 0 : failingWorkloads / workloads;
  if (failingWorkloads >= policy.storm.min_workloads && share >= policy.storm.min_share) {
    return (
      `${failingWorkloads} of ${workloads} workloads fail at once (${percent(share)}). ` +
      "That points to the cluster (network, DNS, registry, nodes), not to the workloads, so nothing was touched."
    );
  }
  return nodeStorm(failingPods, policy);
}

function nodeStorm(pods: Extent["failingPods"], policy: Policy): string | undefined {
  const byNode = Map.groupBy(
    pods.filter((pod) => pod.node !== undefined),
    (pod) => pod.node,
  );
  for (const [node, onNode] of byNode) {
    const workloads = new Set(onNode.map((pod) => pod.workload)).size;
    const share = onNode.length / pods.length;
    // One workload that happens to sit on one node says nothing about the node.
    if (onNode.length >= policy.storm.min_pods_on_node && share >= policy.storm.node_share && workloads >= 3) {
      return (
        `${onNode.length} of ${pods.length} failing pods, of ${workloads} workloads, are on node ${node ?? ""} (${percent(share)}). ` +
        "That points to the node, not to the workloads, so nothing was touched. Cordon and drain it, or replace it."
      );
    }
  }
  return undefined;
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
