import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isReady } from "../../../../functions/shared/kubernetes/pods.ts";
import type { Deployment, Node } from "../../../../functions/shared/kubernetes/types.ts";
import { DEPLOYMENTS, NODES } from "../../../../local/embedded/kinds.ts";
import { deployment, Running } from "./running.ts";

let cluster: Running;
beforeEach(async () => {
  cluster = new Running();
  await cluster.pass(1);
});
afterEach(() => {
  cluster.stop();
});

const node = (name = "node-0") => cluster.get<Node>(NODES, name);
const condition = (type: string) => node().status?.conditions?.find((candidate) => candidate.type === type);
const taints = () => (node().spec?.taints ?? []).map(({ key, effect }) => `${key}:${effect}`);

function lose(lost = true): void {
  cluster.change<Node>(NODES, "node-0", ({ metadata = {} }) => {
    metadata.annotations = lost ? { "simulation/failure": "node-lost" } : {};
  });
}

describe("a node", () => {
  it("is ready soon, and reports every few seconds", async () => {
    expect(condition("Ready")).toMatchObject({ status: "True", reason: "KubeletReady" });
    const { lastHeartbeatTime, lastTransitionTime } = condition("Ready") ?? {};
    await cluster.pass(20);

    expect(condition("Ready")?.lastTransitionTime).toBe(lastTransitionTime);
    expect(new Date(condition("Ready")?.lastHeartbeatTime ?? 0).getTime()).toBeGreaterThan(
      new Date(lastHeartbeatTime ?? 0).getTime() + 12_000,
    );
  });

  it("that falls silent is unknown after 15 seconds, its pods unready, and those go to other nodes after five minutes", async () => {
    cluster.create(DEPLOYMENTS, deployment({ replicas: 3 }));
    await cluster.until("its pods are ready", () => cluster.pods().filter(isReady).length === 3);
    lose();
    await cluster.pass(12);
    expect(condition("Ready")?.status).toBe("True");
    await cluster.pass(10);

    expect(condition("Ready")).toMatchObject({
      status: "Unknown",
      reason: "NodeStatusUnknown",
      message: "Kubelet stopped posting node status.",
    });
    expect(condition("NetworkUnavailable")?.status).toBe("False");
    expect(taints()).toEqual(["node.kubernetes.io/unreachable:NoSchedule", "node.kubernetes.io/unreachable:NoExecute"]);
    const onNode = () => cluster.pods().filter(({ spec }) => spec?.nodeName === "node-0");
    expect(onNode().map(isReady)).toEqual([false]);
    expect(cluster.events("Pod")).toContain("NodeNotReady: Node is not ready");

    await cluster.pass(280);
    expect(onNode()).toHaveLength(1);
    await cluster.pass(20);
    expect(onNode()).toHaveLength(0);
    expect(cluster.get<Deployment>(DEPLOYMENTS, "web").status?.readyReplicas).toBe(3);
  });

  it("that reports again is ready, and has no taint of the kind", async () => {
    lose();
    await cluster.pass(20);
    lose(false);
    await cluster.pass(1);

    expect(condition("Ready")?.status).toBe("True");
    expect(taints()).toEqual([]);
  });

  it("that is cordoned has a taint that says so, beside its own", async () => {
    cluster.change<Node>(NODES, "node-0", (object) => {
      object.spec = { unschedulable: true, taints: [{ key: "a", effect: "NoSchedule" }] };
    });
    await cluster.settle();
    expect(taints()).toEqual(["a:NoSchedule", "node.kubernetes.io/unschedulable:NoSchedule"]);
  });
});
