import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isReady } from "../../../../functions/shared/kubernetes/pods.ts";
import type {
  ControllerRevision,
  DaemonSet,
  Node,
  PodTemplate,
} from "../../../../functions/shared/kubernetes/types.ts";
import { CONTROLLER_REVISIONS, DAEMON_SETS, NODES } from "../../../../local/embedded/kinds.ts";
import { CRASH, daemonSet, imagesOf, Running, template } from "./running.ts";

let cluster: Running;
beforeEach(() => {
  cluster = new Running();
});
afterEach(() => {
  cluster.stop();
});

const web = () => cluster.get<DaemonSet>(DAEMON_SETS, "web");
const isWhole = () =>
  web().status?.observedGeneration === web().metadata?.generation &&
  web().status?.updatedNumberScheduled === web().status?.desiredNumberScheduled &&
  web().status?.numberAvailable === web().status?.desiredNumberScheduled;
const nodes = () =>
  cluster
    .pods()
    .map(({ spec }) => spec?.nodeName)
    .sort();

function put(next: PodTemplate): void {
  cluster.change<DaemonSet>(DAEMON_SETS, "web", ({ spec }) => {
    if (spec !== undefined) spec.template = next;
  });
}

async function rollOut(): Promise<void> {
  cluster.create(DAEMON_SETS, daemonSet());
  await cluster.until("it is whole", isWhole);
}

describe("a DaemonSet", () => {
  it("has one pod on every node, cordoned ones included, and none where a taint keeps it away", async () => {
    cluster.store.create(NODES, {
      metadata: { name: "tainted" },
      spec: { taints: [{ key: "a", effect: "NoSchedule" }] },
    });
    cluster.change<Node>(NODES, "node-0", (node) => (node.spec = { unschedulable: true }));
    await rollOut();

    expect(nodes()).toEqual(["node-0", "node-1", "node-2"]);
    expect(web().status).toEqual({
      observedGeneration: 1,
      desiredNumberScheduled: 3,
      currentNumberScheduled: 3,
      updatedNumberScheduled: 3,
      numberReady: 3,
      numberAvailable: 3,
      numberMisscheduled: 0,
    });
  });

  it("follows nodes that come, and goes where its node selector says", async () => {
    await rollOut();
    const { status } = cluster.get<Node>(NODES, "node-0");
    cluster.store.create(NODES, { metadata: { name: "node-9", labels: { disk: "nvme" } }, status });
    await cluster.until("the new node has a pod", () => nodes().includes("node-9") && isWhole());

    const next = template(1);
    put({ ...next, spec: { containers: [], ...next.spec, nodeSelector: { disk: "nvme" } } });
    await cluster.until("it is on that node alone", () => nodes().length === 1 && isWhole());
    expect(nodes()).toEqual(["node-9"]);
  });

  it("stops an update at the first pod that does not become ready, and goes on when that is fixed", async () => {
    await rollOut();
    put(template(2, CRASH));
    await cluster.pass(30);
    expect(imagesOf(cluster.pods()).sort()).toEqual(["shop/web:1", "shop/web:1", "shop/web:2"]);
    expect(cluster.pods().filter(isReady)).toHaveLength(2);
    expect(web().status).toMatchObject({ updatedNumberScheduled: 1, numberReady: 2, numberUnavailable: 1 });

    put(template(1));
    await cluster.until("it is whole", isWhole);
    expect(new Set(imagesOf(cluster.pods()))).toEqual(new Set(["shop/web:1"]));
    const held = cluster.list<ControllerRevision>(CONTROLLER_REVISIONS);
    expect(held.map(({ revision }) => revision).sort()).toEqual([2, 3]);
    const hashes = cluster.pods().map(({ metadata }) => metadata?.labels?.["controller-revision-hash"]);
    expect(held.map(({ metadata }) => metadata?.name)).toContain(`web-${hashes[0] ?? ""}`);
  });

  it("replaces a pod that has failed", async () => {
    await rollOut();
    const before = cluster.pods().map(({ metadata }) => metadata?.uid);
    cluster.annotatePods({ "simulation/failure": "evicted" });

    await cluster.until(
      "they are replaced",
      () => isWhole() && cluster.pods().every(({ metadata }) => !before.includes(metadata?.uid)),
    );
    expect(cluster.events("DaemonSet").filter((said) => said.startsWith("FailedDaemonPod"))).toHaveLength(3);
  });

  it("leaves what has failed on a node again and again for longer each time", async () => {
    await rollOut();
    put(template(2, { "simulation/failure": "evicted" }));
    const deletions = () => cluster.events("DaemonSet").filter((said) => said.startsWith("FailedDaemonPod")).length;

    await cluster.pass(30);
    const early = deletions();
    await cluster.pass(30);
    expect(early).toBeGreaterThanOrEqual(9);
    expect(deletions() - early).toBeLessThanOrEqual(6);
    expect(cluster.pods().some(({ status }) => status?.phase === "Failed")).toBe(true);
  });
});
