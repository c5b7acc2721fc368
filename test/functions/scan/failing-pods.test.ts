import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findFailingPods, findUnreadyNodes } from "../../../functions/scan/failing-pods.ts";
import { placesToLook } from "../../../functions/scan/places.ts";
import { lostNodesAmong } from "../../../functions/shared/kubernetes/nodes.ts";
import { View } from "../../../functions/scan/view.ts";
import type { ObjectMeta, Pod } from "../../../functions/shared/kubernetes/types.ts";
import { WorkloadFinder } from "../../../functions/kinds/workload-finder.ts";
import { ApiServer, type Answer } from "../../support/api-server.ts";
import { ago, crashingPod, NOW, pod, replicaSet, policy } from "../../support/objects.ts";
import { DEADLINES } from "../../support/pod-rows.ts";
import { FORBIDDEN } from "../../support/scans.ts";
import { serve, type Objects } from "../../support/served-cluster.ts";
import { controlledBy, failedJob, node } from "../../support/workload-objects.ts";

let api: ApiServer;
beforeEach(async () => {
  api = await ApiServer.start();
});
afterEach(() => api.stop());

async function failingPods(objects: Objects, allPods: Answer[] = []) {
  serve(api, objects);
  if (allPods.length > 0) api.on("GET", "/api/v1/pods", ...allPods);
  const view = new View(api.cluster());
  const moment = { now: NOW, deadlines: DEADLINES, lostNodes: lostNodesAmong(await findUnreadyNodes(view)) };
  const places = await placesToLook(view.cluster, undefined, policy());
  return await findFailingPods(view, { places, finder: new WorkloadFinder(view.cluster), moment, crowd: 3 });
}

/** A crashing pod under that controller; under none when it is not given. */
function crashingUnder(kind?: string, name = "web"): Pod {
  const crashing = crashingPod({});
  const owners = kind === undefined ? {} : controlledBy(kind, name);
  crashing.metadata = { name: "crash", namespace: "shop", ...owners };
  return crashing;
}

const ofRollout = {
  ...replicaSet(1),
  metadata: { name: "web-1", namespace: "shop", ...controlledBy("Rollout", "web") },
};
const ofCronJob = failedJob(60, { name: "report-1", metadata: controlledBy("CronJob", "report") });

describe("a failing pod is one of", () => {
  it.each<[string, Pod, Objects, string]>([
    ["its Deployment", crashingUnder("ReplicaSet", "web-1"), { replicaSets: [replicaSet(1)] }, "Deployment web"],
    ["its Argo Rollout", crashingUnder("ReplicaSet", "web-1"), { replicaSets: [ofRollout] }, "Rollout web"],
    ["its ReplicaSet, when that is gone already", crashingUnder("ReplicaSet", "web-1"), {}, "ReplicaSet web-1"],
    ["its CronJob", crashingUnder("Job", "report-1"), { jobs: [ofCronJob] }, "CronJob report"],
    ["its Job, when no CronJob runs that", crashingUnder("Job", "report"), { jobs: [failedJob(60)] }, "Job report"],
    ["its StatefulSet", crashingUnder("StatefulSet", "db"), {}, "StatefulSet db"],
    ["its DaemonSet", crashingUnder("DaemonSet", "agent"), {}, "DaemonSet agent"],
    ["its node, when the kubelet runs it from a file", crashingUnder("Node", "node-0"), {}, "Node node-0"],
    ["itself, when nothing controls it", crashingUnder(), {}, "Pod crash"],
  ])("%s", async (_what, crashing, objects, workload) => {
    const { failing } = await failingPods({ ...objects, pods: [crashing] });

    expect(failing.map(({ workload: { kind, name } }) => `${kind} ${name}`)).toEqual([workload]);
    expect(failing[0]?.workload.namespace).toBe("shop");
  });
});

describe("a pod that has failed for good", () => {
  const ended = (secondsAgo: number, owner: ObjectMeta): Pod => {
    const made = pod({
      status: {
        phase: "Failed",
        conditions: [{ type: "Ready", status: "False", lastTransitionTime: ago(secondsAgo) }],
        containerStatuses: [],
      },
    });
    return { ...made, metadata: { name: "ended", namespace: "shop", creationTimestamp: ago(90_000), ...owner } };
  };
  const { failed_job_seconds: news } = DEADLINES;

  it.each<[string, ObjectMeta]>([
    ["nothing", {}],
    ["what is never written to", controlledBy("Runner", "ci")],
  ])("is news for as long as a failed Job where it belongs to %s", async (_what, owner) => {
    expect((await failingPods({ pods: [ended(news - 1, owner)] })).failing).toHaveLength(1);
    expect((await failingPods({ pods: [ended(news + 1, owner)] })).failing).toEqual([]);
  });

  it("is no old news while its controller has others beside it", async () => {
    expect((await failingPods({ pods: [ended(news + 1, controlledBy("StatefulSet", "db"))] })).failing).toHaveLength(1);
  });
});

describe("the failing pods of a cluster", () => {
  it("are those of all its namespaces, each with its node, and its ReplicaSet is asked for once", async () => {
    const blog = crashingUnder("StatefulSet", "db");
    blog.metadata = { ...blog.metadata, namespace: "blog" };
    blog.spec = { containers: [{ name: "app" }], nodeName: "node-3" };
    const { seen, failing } = await failingPods({
      namespaces: ["blog", "shop"],
      pods: [blog, pod(), crashingPod({ name: "web-1-b" }), crashingPod({ name: "web-1-c" })],
      replicaSets: [replicaSet(1)],
    });

    expect(seen).toBe(4);
    expect(failing.map(({ name, node: on, workload }) => [workload.namespace, name, on])).toEqual([
      ["blog", "crash", "node-3"],
      ["shop", "web-1-b", undefined],
      ["shop", "web-1-c", undefined],
    ]);
    expect(api.requests.filter(({ path }) => path.endsWith("/replicasets/web-1"))).toHaveLength(1);
  });

  it("are those on lost nodes, too, whatever is printed of them", async () => {
    const on = (nodeName: string) =>
      pod({
        name: `on-${nodeName}`,
        spec: { containers: [{ name: "app" }], nodeName },
        metadata: controlledBy("StatefulSet", "db"),
      });
    const { failing } = await failingPods({
      nodes: [node("node-0"), node("node-1", "False", 900), node("node-2", "Unknown", 900)],
      pods: [on("node-0"), on("node-1"), on("node-2")],
    });

    expect(failing).toMatchObject([
      { name: "on-node-2", node: "node-2", failures: [{ reason: "NodeLost", since: ago(900) }] },
    ]);
  });
});

describe("how many pods are well on a node", () => {
  const placed = (namespace: string, name: string, nodeName: string, isWell = false): Pod => {
    const made = isWell ? pod({ name }) : crashingPod({ name });
    return {
      ...made,
      metadata: { name, namespace, ...controlledBy("StatefulSet", "db") },
      spec: { containers: [{ name: "app" }], nodeName },
    };
  };
  const pods = [
    ...["db-0", "db-1", "db-2"].map((name) => placed("shop", name, "node-0")),
    ...["db-3", "db-4"].map((name) => placed("shop", name, "node-0", true)),
    placed("blog", "db-5", "node-0", true),
    placed("kube-system", "db-6", "node-0", true),
    placed("shop", "db-7", "node-1"),
    placed("shop", "db-8", "node-1", true),
  ];

  it("is told by their namespace where very many fail on it, and as a number elsewhere", async () => {
    const { wellOn, podsOn } = await failingPods({ namespaces: ["blog", "kube-system", "shop"], pods });

    expect(Object.fromEntries([...wellOn].map(([node, well]) => [node, Object.fromEntries(well)]))).toEqual({
      "node-0": { shop: 2, blog: 1 },
      "node-1": { "": 1 },
    });
    expect(Object.fromEntries(podsOn)).toEqual({ "node-0": 6, "node-1": 2 });
  });

  it("is told by their namespace on every node where each namespace is looked at by itself", async () => {
    const { wellOn } = await failingPods({ namespaces: ["blog", "shop"], pods }, [FORBIDDEN]);

    expect(Object.fromEntries([...wellOn].map(([node, well]) => [node, Object.fromEntries(well)]))).toEqual({
      "node-0": { shop: 2, blog: 1 },
      "node-1": { shop: 1 },
    });
  });
});
