import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Node, Pod } from "../../../../functions/shared/kubernetes/types.ts";
import { NODES, PODS } from "../../../../local/embedded/kinds.ts";
import { Running } from "./running.ts";

let cluster: Running;
beforeEach(() => {
  cluster = new Running();
});
afterEach(() => {
  cluster.stop();
});

async function schedule(spec: Partial<Pod["spec"] & object>, name = "one"): Promise<Pod> {
  const containers = [{ name: "app", image: "shop/web:1" }];
  cluster.create<Pod>(PODS, { metadata: { name }, spec: { containers, ...spec } });
  await cluster.settle();
  return cluster.get<Pod>(PODS, name);
}

const withCpu = (cpu: string) => ({
  containers: [{ name: "app", image: "shop/web:1", resources: { requests: { cpu } } }],
});
const scheduled = ({ status }: Pod) => status?.conditions?.find(({ type }) => type === "PodScheduled");

describe("the scheduler", () => {
  it("gives a pod a node and its zone", async () => {
    const pod = await schedule({ nodeSelector: { "kubernetes.io/hostname": "node-1" } });

    expect(pod.spec?.nodeName).toBe("node-1");
    expect(pod.metadata?.labels).toMatchObject({ "topology.kubernetes.io/zone": "local-b" });
    expect(scheduled(pod)?.status).toBe("True");
    expect(cluster.events("Pod")).toContain("Scheduled: Successfully assigned shop/one to node-1");
  });

  it("spreads pods over the nodes", async () => {
    const nodes = [];
    for (const name of ["one", "two", "three"]) nodes.push((await schedule({}, name)).spec?.nodeName);
    expect(nodes.sort()).toEqual(["node-0", "node-1", "node-2"]);
  });

  it.each<[string, Partial<Pod["spec"] & object>, string]>([
    [
      "a node selector that no node has",
      { nodeSelector: { disk: "nvme" } },
      "3 node(s) didn't match Pod's node affinity/selector. no new claims to deallocate, preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.",
    ],
    [
      "more CPU than any node has",
      withCpu("100"),
      "3 Insufficient cpu. no new claims to deallocate, preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.",
    ],
  ])("says why it cannot schedule a pod with %s", async (_what, spec, message) => {
    const pod = await schedule(spec);

    expect(pod.spec?.nodeName).toBeUndefined();
    const said = `0/3 nodes are available: ${message}`;
    expect(scheduled(pod)).toMatchObject({ status: "False", reason: "Unschedulable", message: said });
    expect(cluster.events("Pod")).toEqual([`FailedScheduling: ${said}`]);
  });

  it("gives no port of a node to two pods", async () => {
    const withPort = (protocol: string) => ({
      containers: [{ name: "app", image: "shop/web:1", ports: [{ containerPort: 80, hostPort: 8080, protocol }] }],
      nodeSelector: { "kubernetes.io/hostname": "node-1" },
    });
    await schedule(withPort("TCP"), "one");
    expect((await schedule(withPort("UDP"), "two")).spec?.nodeName).toBe("node-1");
    expect(scheduled(await schedule(withPort("TCP"), "three"))?.message).toContain(
      "1 node(s) didn't have free ports for the requested pod ports, 2 node(s) didn't match Pod's node affinity/selector",
    );
  });

  it("says of each node why there is no room, and schedules the pod when there is", async () => {
    for (const name of ["one", "two", "three"]) await schedule(withCpu("60"), name);
    cluster.change<Node>(NODES, "node-2", (node) => {
      node.spec = { taints: [{ key: "a", value: "b", effect: "NoSchedule" }] };
    });
    const waiting = await schedule(withCpu("10"), "four");
    expect(scheduled(waiting)?.message).toBe(
      "0/3 nodes are available: 1 node(s) had untolerated taint(s), 2 Insufficient cpu. no new claims to deallocate, preemption: 0/3 nodes are available: 1 Preemption is not helpful for scheduling, 2 No preemption victims found for incoming pod.",
    );

    cluster.store.delete(PODS, "shop", "one", { gracePeriodSeconds: 0 });
    await cluster.settle();
    expect(cluster.get<Pod>(PODS, "four").spec?.nodeName).toBeDefined();
  });

  it("follows a required node affinity, and lets a pod with a toleration onto a tainted node", async () => {
    cluster.change<Node>(NODES, "node-2", (node) => {
      node.spec = { taints: [{ key: "a", value: "b", effect: "NoSchedule" }] };
    });
    const term = {
      matchExpressions: [{ key: "topology.kubernetes.io/zone", operator: "NotIn", values: ["local-a", "local-b"] }],
    };
    const affinity = {
      nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [term] } },
    };

    expect((await schedule({ affinity }, "intolerant")).spec?.nodeName).toBeUndefined();
    const tolerations = [{ key: "a", operator: "Equal", value: "b", effect: "NoSchedule" }];
    expect((await schedule({ affinity, tolerations }, "tolerant")).spec?.nodeName).toBe("node-2");
  });

  it("leaves a gated pod alone until its gates are gone", async () => {
    const gated = await schedule({ schedulingGates: [{ name: "shop/quota" }] });
    expect(scheduled(gated)).toMatchObject({
      status: "False",
      reason: "SchedulingGated",
      message: "Scheduling is blocked due to non-empty scheduling gates",
    });

    cluster.change<Pod>(PODS, "one", ({ spec }) => {
      if (spec !== undefined) spec.schedulingGates = [];
    });
    await cluster.settle();
    expect(cluster.get<Pod>(PODS, "one").spec?.nodeName).toBeDefined();
  });
});
