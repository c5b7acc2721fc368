import type { Cluster } from "../../functions/shared/cluster/cluster.ts";
import { simulatedNodes } from "../embedded/index.ts";

/**
 * Creates `node-0`, `node-1`, ... spread over three zones.
 * @param kubeletPort where their logs are served, on loopback
 */
export async function createNodes(cluster: Cluster, count: number, kubeletPort: number): Promise<void> {
  for (const node of simulatedNodes(count)) {
    await cluster.create("/api/v1/nodes", {
      ...node,
      status: {
        ...node.status,
        addresses: [{ type: "InternalIP", address: "127.0.0.1" }],
        daemonEndpoints: { kubeletEndpoint: { Port: kubeletPort } },
      },
    });
  }
}
