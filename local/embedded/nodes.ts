import { NODES } from "./kinds.ts";
import type { Store } from "./store.ts";

const ZONES = ["local-a", "local-b", "local-c"];

/** What each node has, as on the local control plane. */
const RESOURCES = { cpu: "64", memory: "256Gi", pods: "250", "ephemeral-storage": "100Gi" };

/** Creates `node-0`, `node-1`, ... spread over three zones. */
export function addNodes(store: Store, count: number): void {
  for (let index = 0; index < count; index++) {
    store.create(NODES, {
      metadata: {
        name: `node-${index}`,
        labels: {
          "kubernetes.io/arch": "arm64",
          "kubernetes.io/os": "linux",
          "kubernetes.io/hostname": `node-${index}`,
          "topology.kubernetes.io/zone": ZONES[index % ZONES.length] ?? "",
        },
      },
      status: { capacity: RESOURCES, allocatable: RESOURCES },
    });
  }
}
