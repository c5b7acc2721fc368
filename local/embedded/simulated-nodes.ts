const ZONES = ["local-a", "local-b", "local-c"];

/** What each simulated node has. */
const RESOURCES = { cpu: "64", memory: "256Gi", pods: "250", "ephemeral-storage": "100Gi" };

/** `node-0`, `node-1`, ... spread over three zones, as the local control plane and the embedded cluster have them. */
export function simulatedNodes(count: number) {
  return Array.from({ length: count }, (_, index) => ({
    apiVersion: "v1",
    kind: "Node",
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
  }));
}
