import type { Cluster } from "../../functions/shared/cluster/cluster.ts";

const ZONES = ["local-a", "local-b", "local-c"];

/** What each simulated node has. */
const RESOURCES = { cpu: "64", memory: "256Gi", pods: "250", "ephemeral-storage": "100Gi" };

/** Creates `node-0`, `node-1`, ... spread over three zones. */
export async function createNodes(cluster: Cluster, count: number): Promise<void> {
  for (let index = 0; index < count; index++) {
    await cluster.create("/api/v1/nodes", {
      apiVersion: "v1",
      kind: "Node",
      metadata: {
        name: `node-${index}`,
        labels: {
          "kubernetes.io/arch": "arm64",
          "kubernetes.io/os": "linux",
          "kubernetes.io/hostname": `node-${index}`,
          "topology.kubernetes.io/zone": ZONES[index % ZONES.length],
        },
      },
      status: { capacity: RESOURCES, allocatable: RESOURCES },
    });
  }
}
