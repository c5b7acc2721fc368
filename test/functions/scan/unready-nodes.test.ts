import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Node } from "../../../functions/shared/kubernetes/types.ts";
import { ApiServer } from "../../support/api-server.ts";
import { ago, pod, policy } from "../../support/objects.ts";
import { incidentsOf, scanned } from "../../support/scans.ts";
import { serve, type Objects } from "../../support/served-cluster.ts";
import { node } from "../../support/workload-objects.ts";

let api: ApiServer;
beforeEach(async () => {
  api = await ApiServer.start();
});
afterEach(() => api.stop());

/** A node of yesterday that has had that readiness for so many seconds. */
function unready(since = 600, overrides: Partial<Node> = {}, ready: "False" | "Unknown" = "False"): Node {
  const [condition] = node("worker-1", ready, since).status?.conditions ?? [];
  const words = { reason: "KubeletNotReady", message: "container runtime is down" };
  return {
    ...overrides,
    metadata: { name: "worker-1", creationTimestamp: ago(86_400), ...overrides.metadata },
    status: { conditions: condition === undefined ? [] : [{ ...condition, ...words }] },
  };
}

/** A pod of `shop` on that node, as its status has it. */
const on = (name: string) =>
  pod({
    name: `on-${name}`,
    metadata: { ownerReferences: [] },
    spec: { containers: [{ name: "app" }], nodeName: name },
  });

async function told(objects: Objects, options: Parameters<typeof scanned>[1] = {}): Promise<string[]> {
  serve(api, objects);
  return incidentsOf(await scanned(api, options));
}

describe("a node that is not ready", () => {
  it("is told with the kubelet's words, since when, and how many pods are on it", async () => {
    serve(api, { nodes: [unready(), node("worker-2")], pods: [on("worker-1"), on("worker-2")] });
    const { status, incidents } = await scanned(api);

    expect(status).toBe("failing");
    expect(incidents).toMatchObject([
      {
        workload: { kind: "Node", namespace: "", name: "worker-1" },
        failures: [
          {
            reason: "NodeNotReady",
            since: ago(600),
            message: `It has not been ready since ${ago(600)} (Ready=False, KubeletNotReady: container runtime is down). Of the pods that were looked at, 1 is on it.`,
          },
        ],
      },
    ]);
  });

  it("is told where it has stopped reporting and no pod that is looked at is on it", async () => {
    expect(await told({ nodes: [unready(600, {}, "Unknown")] })).toEqual(["Node /worker-1: NodeNotReady"]);
  });

  it("is not told beside the pods that are lost with it", async () => {
    expect(await told({ nodes: [unready(600, {}, "Unknown")], pods: [on("worker-1")] })).toEqual([
      "Pod shop/on-worker-1: NodeLost",
    ]);
  });

  it("is told by a scan of one namespace where pods of that are on it", async () => {
    const objects = { nodes: [unready()], pods: [on("worker-1")], namespaces: ["blog", "shop"] };

    expect(await told(objects, { namespace: "blog" })).toEqual([]);
    expect(await told(objects, { namespace: "shop" })).toEqual(["Node /worker-1: NodeNotReady"]);
  });

  it.each<[string, Node]>([
    ["has been so for a minute", unready(60)],
    ["is still starting", unready(200, { metadata: { creationTimestamp: ago(250) } })],
    ["is being deleted", unready(600, { metadata: { deletionTimestamp: ago(1) } })],
    ["is cordoned", unready(600, { spec: { unschedulable: true } })],
    [
      "is taken away by Karpenter",
      unready(600, { spec: { taints: [{ key: "karpenter.sh/disrupted", effect: "NoSchedule" }] } }),
    ],
    [
      "is taken away by the cluster autoscaler",
      unready(600, { spec: { taints: [{ key: "ToBeDeletedByClusterAutoscaler", effect: "NoSchedule" }] } }),
    ],
    ["has opted out", unready(600, { metadata: { annotations: { "eks-remediation/enabled": "never" } } })],
  ])("is not told where it %s", async (_how, made) => {
    expect(await told({ nodes: [made] })).toEqual([]);
  });

  it("is not told where the policy asks for opt-in and it has not", async () => {
    const optIn = { policy: policy({ opt_in: true }) };

    expect(await told({ nodes: [unready()] }, optIn)).toEqual([]);
    const annotations = { "eks-remediation/enabled": "true" };
    expect(await told({ nodes: [unready(600, { metadata: { annotations } })] }, optIn)).toHaveLength(1);
  });
});
