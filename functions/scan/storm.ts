import type { Policy } from "../shared/policy.ts";

/** What the storm rule looks at. */
export interface Extent {
  failingWorkloads: number;
  workloads: number;
  /** For each failing pod, its node (if it has one) and its workload. */
  failingPods: { node: string | undefined; workload: string }[];
}

/** So much fails at once that the workloads are not the cause. */
export interface FailureStorm {
  /** The sentence that says why it is one. */
  reason: string;
  /** The node that is the cause; undefined when it is the cluster. */
  node?: string;
}

/**
 * Tells a cluster problem from workload problems: many workloads failing at once, or most failing pods on one node.
 * @returns undefined when it is no storm
 */
export function findStorm(extent: Extent, policy: Policy): FailureStorm | undefined {
  const { failingWorkloads, workloads, failingPods } = extent;
  const share = workloads === 0 ? 0 : failingWorkloads / workloads;
  if (failingWorkloads >= policy.storm.min_workloads && share >= policy.storm.min_share) {
    const reason =
      `${failingWorkloads} of ${workloads} workloads fail at once (${percent(share)}). ` +
      "That points to the cluster (network, DNS, registry, nodes), not to the workloads, so nothing was touched.";
    return { reason };
  }
  return nodeStorm(failingPods, policy);
}

function nodeStorm(pods: Extent["failingPods"], policy: Policy): FailureStorm | undefined {
  for (const [node, onNode] of Map.groupBy(pods, (pod) => pod.node)) {
    if (node === undefined) continue;
    const workloads = new Set(onNode.map((pod) => pod.workload)).size;
    const share = onNode.length / pods.length;
    // One workload that happens to sit on one node says nothing about the node.
    if (onNode.length >= policy.storm.min_pods_on_node && share >= policy.storm.node_share && workloads >= 3) {
      const reason =
        `${onNode.length} of ${pods.length} failing pods, of ${workloads} workloads, are on node ${node} (${percent(share)}). ` +
        "That points to the node, not to the workloads, so nothing was touched. Cordon and drain it, or replace it.";
      return { reason, node };
    }
  }
  return undefined;
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
