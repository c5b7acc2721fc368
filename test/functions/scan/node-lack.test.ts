import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Node, Pod } from "../../../functions/shared/kubernetes/types.ts";
import { ApiServer } from "../../support/api-server.ts";
import { ago, crashingPod, pod, policy } from "../../support/objects.ts";
import { scanned } from "../../support/scans.ts";
import { serve } from "../../support/served-cluster.ts";
import { node } from "../../support/workload-objects.ts";

let api: ApiServer;
beforeEach(async () => {
  api = await ApiServer.start();
});
afterEach(() => api.stop());

const lost = (name = "worker-1", since = 60): Node => ({
  ...node(name, "Unknown", since),
  metadata: { name, creationTimestamp: ago(86_400) },
});

/** A pod of nobody, which is a workload of its own, on a node. */
const on = (nodeName: string, name: string, made: Pod = pod({ name }), namespace = "shop"): Pod => ({
  ...made,
  metadata: { ...made.metadata, name, namespace, uid: name, ownerReferences: [] },
  spec: { containers: [{ name: "app" }], ...made.spec, nodeName },
});

const names = (count: number) => Array.from({ length: count }, (_, index) => `p${index}`);
const scanOf = async (nodes: Node[], pods: Pod[], options: Parameters<typeof scanned>[1] = {}) => {
  serve(api, { nodes, pods, namespaces: ["shop", "blog"] });
  return await scanned(api, options);
};
/** What people are told of by itself, and what waits. */
const toldOf = ({ incidents }: Awaited<ReturnType<typeof scanned>>) =>
  incidents.filter(({ waits_for }) => waits_for === undefined).map(({ workload: { kind, name } }) => `${kind} ${name}`);

describe("a node that is not ready and that several workloads fail by", () => {
  it("is told once, with each of them by its name, in whatever namespace", async () => {
    const pods = names(8).map((name, index) => on("worker-1", name, undefined, index < 4 ? "shop" : "blog"));
    const found = await scanOf([lost(), node("worker-2")], pods);

    expect(toldOf(found)).toEqual(["Node worker-1"]);
    expect(found.incidents[0]?.dependants?.names.map((name) => name.split(" (")[0]).sort()).toEqual(
      names(8)
        .map((name, index) => `Pod ${index < 4 ? "shop" : "blog"}/${name}`)
        .sort(),
    );
    expect(found.incidents[0]?.dependants?.names[0]).toContain("(its failing pods are on that node, or find no other)");
    expect(found.incidents).toHaveLength(9);
  });

  it("is told each by itself where two are lost", async () => {
    const pods = [...names(2).map((name) => on("worker-1", name)), ...["q0", "q1"].map((name) => on("worker-2", name))];
    const found = await scanOf([lost(), lost("worker-2"), node("worker-3")], pods);

    expect(toldOf(found).sort()).toEqual(["Node worker-1", "Node worker-2"]);
  });

  it("is told also where it is cordoned, or taken away", async () => {
    const cordoned = { ...lost(), spec: { unschedulable: true } };

    expect(
      toldOf(
        await scanOf(
          [cordoned],
          names(2).map((name) => on("worker-1", name)),
        ),
      ),
    ).toEqual(["Node worker-1"]);
  });

  it("is not told where one workload alone fails, which tells of it", async () => {
    expect(toldOf(await scanOf([lost()], [on("worker-1", "p0")]))).toEqual(["Pod p0"]);
  });

  it("is not told where it has opted out, or has not opted in: then each workload is", async () => {
    const pods = names(2).map((name) => on("worker-1", name));
    const out = { ...lost(), metadata: { name: "worker-1", annotations: { "eks-remediation/enabled": "false" } } };

    expect(toldOf(await scanOf([out], pods)).sort()).toEqual(["Pod p0", "Pod p1"]);
    expect(toldOf(await scanOf([lost()], pods, { policy: policy({ opt_in: true }) })).sort()).toEqual([
      "Pod p0",
      "Pod p1",
    ]);
  });

  it("hides nothing that fails otherwise there, or failed long before", async () => {
    const crashing = on("worker-1", "crashing", crashingPod({}));
    const [condition] = pod().status?.conditions ?? [];
    const ended = { phase: "Failed", conditions: condition === undefined ? [] : [condition] };
    const before = on("worker-1", "before", pod({ status: ended }));
    const found = await scanOf([lost()], [...names(2).map((name) => on("worker-1", name)), crashing, before]);

    expect(toldOf(found).sort()).toEqual(["Node worker-1", "Pod before", "Pod crashing"]);
  });

  it("is what a workload waits for whose old pods cannot go and whose new ones find no room", async () => {
    const stuck = (name: string) => on("worker-1", name, pod({ metadata: { deletionTimestamp: ago(300), uid: name } }));
    const waiting = (name: string, transition: number) => {
      const unscheduled = {
        type: "PodScheduled",
        status: "False",
        reason: "Unschedulable",
        lastTransitionTime: ago(transition),
      };
      return on("", name, pod({ status: { phase: "Pending", conditions: [unscheduled] } }));
    };
    const owned = (made: Pod, set: string): Pod => ({
      ...made,
      metadata: {
        ...made.metadata,
        ownerReferences: [{ apiVersion: "apps/v1", kind: "StatefulSet", name: set, uid: set, controller: true }],
      },
    });
    const pods = (transition: number) => [
      ...["a", "b"].map((set) => owned(stuck(`${set}-0`), set)),
      ...["a", "b"].map((set) => owned(waiting(`${set}-1`, transition), set)),
    ];

    expect(toldOf(await scanOf([lost("worker-1", 700)], pods(600)))).toEqual(["Node worker-1"]);
    // What found no room before is another matter, and tells nothing of the node.
    expect(toldOf(await scanOf([lost("worker-1", 700)], pods(3_600))).sort()).toEqual([
      "Node worker-1",
      "StatefulSet a",
      "StatefulSet b",
    ]);
  });
});
