import type { Cluster } from "../../functions/shared/cluster/cluster.ts";
import { simulatedNodes } from "../embedded/index.ts";

/** Creates `node-0`, `node-1`, ... spread over three zones. */
export async function createNodes(cluster: Cluster, count: number): Promise<void> {
  for (const node of simulatedNodes(count)) await cluster.create("/api/v1/nodes", node);
}
