import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { NOTHING_RESTS } from "../../../functions/run/detection.ts";
import type { ReplicaSet } from "../../../functions/shared/kubernetes/types.ts";
import { ApiServer, refusal } from "../../support/api-server.ts";
import { FAILING_PODS } from "../../support/failing-pods.ts";
import { HEALTHY_PODS } from "../../support/healthy-pods.ts";
import { crashingPod, deployment, hpa, pod, replicaSet } from "../../support/objects.ts";
import { PLAIN, type PodRow } from "../../support/pod-rows.ts";
import { asked, incidentsOf, scanned } from "../../support/scans.ts";
import { service, slice } from "../../support/service-objects.ts";
import { asksForTable, NO_TABLES, serve, type Objects, type Print } from "../../support/served-cluster.ts";
import {
  controlledBy,
  daemonSet,
  deploymentWith,
  failedJob,
  node,
  statefulSet,
  statusWritten,
} from "../../support/workload-objects.ts";

const PODS = "/api/v1/namespaces/shop/pods";

let api: ApiServer;
beforeEach(async () => {
  api = await ApiServer.start();
});
afterEach(() => api.stop());

/** A bare pod of that name in that state, which began just now. */
function inState(row: PodRow, name: string) {
  const built = row.build(PLAIN);
  return { ...built, metadata: { ...built.metadata, ...statusWritten(60), name } };
}

/** A pod on that node that runs well, as far as its own status tells. */
const on = (nodeName: string) =>
  pod({ name: `on-${nodeName}`, metadata: { ownerReferences: [] }, spec: { containers: [{ name: "app" }], nodeName } });

const quotaExceeded = { type: "ReplicaFailure", status: "True", reason: "FailedCreate", message: "exceeded quota" };

/** A revision of `shop/web` with all of its replicas. */
const revision = (number: number, replicas: number): ReplicaSet => {
  const { spec, ...rest } = replicaSet(number, { available: replicas });
  return { ...rest, spec: { ...spec, selector: {}, replicas } };
};

const done = { name: "report-1-x", status: { phase: "Succeeded" } };

/** Something of every kind, all of it well. */
const HEALTHY: Objects = {
  nodes: [node("node-0"), node("node-1")],
  pods: [pod(), pod({ name: "web-1-bbbbb" }), pod(done)],
  deployments: [deployment()],
  replicaSets: [revision(1, 0), revision(2, 2)],
  statefulSets: [statefulSet()],
  daemonSets: [daemonSet()],
  hpas: [hpa()],
};

/** A failure of every kind that a scan looks for. */
const FAILING: Objects = {
  nodes: [node("node-0"), node("node-9", "Unknown", 900)],
  pods: [pod(), crashingPod({ name: "web-1-crash" }), on("node-0"), on("node-9")],
  deployments: [deployment(), deploymentWith({ name: "api", updated: 1, conditions: [quotaExceeded] })],
  replicaSets: [revision(1, 2)],
  statefulSets: [statefulSet(1)],
  daemonSets: [daemonSet(1)],
  jobs: [failedJob(60)],
  hpas: [hpa(), hpa({ limited: "TooManyReplicas", metadata: { name: "limited" } })],
};
const FAILURES = [
  "DaemonSet shop/agent: MinimumReplicasUnavailable",
  "Deployment shop/api: FailedCreate",
  "Deployment shop/web: CrashLoopBackOff, TooManyReplicas",
  "Job shop/report: BackoffLimitExceeded",
  "Pod shop/on-node-9: NodeLost",
  "StatefulSet shop/db: MinimumReplicasUnavailable",
];

describe("a scan of a healthy cluster", () => {
  it("finds nothing, and counts what it saw", async () => {
    serve(api, HEALTHY);

    expect(await scanned(api)).toEqual({
      status: "healthy",
      cluster_name: "prod",
      dry_run: false,
      pods_seen: 2,
      workloads_seen: 3,
      failing_pods: 0,
      incidents: [],
      omitted: 0,
      out_of_scope: 0,
      in_rollout: [],
      resting: NOTHING_RESTS,
      unseen: [],
      storm_seen: [],
    });
  });

  it("takes thirteen requests, however many namespaces there are, all but HPAs, Services, Ingresses and claims as printed rows", async () => {
    serve(api, { ...HEALTHY, services: [service()], slices: [slice()], namespaces: ["blog", "shop", "tools"] });
    await scanned(api);

    expect(asked(api).sort()).toEqual([
      "/api/v1/services",
      "/apis/autoscaling/v2/horizontalpodautoscalers",
      "/apis/coordination.k8s.io/v1/namespaces/eks-remediation/leases",
      "/apis/networking.k8s.io/v1/ingresses",
      "table /api/v1/nodes",
      "table /api/v1/pods",
      ...["daemonsets", "deployments", "replicasets", "statefulsets"].map((kind) => `table /apis/apps/v1/${kind}`),
      "table /apis/batch/v1/cronjobs",
      "table /apis/batch/v1/jobs",
      "table /apis/discovery.k8s.io/v1/endpointslices",
    ]);
  });
});

describe("a scan of a failing cluster", () => {
  it("finds the failures of pods, nodes, workloads, Jobs and HPAs", async () => {
    serve(api, FAILING);
    const detection = await scanned(api);

    expect(incidentsOf(detection)).toEqual(FAILURES);
    expect(detection).toMatchObject({
      status: "failing",
      pods_seen: 4,
      workloads_seen: 4,
      failing_pods: 2,
      unseen: [],
    });
  });

  it.each<[string, Print]>([
    [
      "prints its columns under other names",
      ({ columnDefinitions, ...table }) => ({
        ...table,
        columnDefinitions: columnDefinitions.map(({ name }) => ({ name: name === "Name" ? name : `My ${name}` })),
      }),
    ],
    [
      "prints its columns from the last to the first",
      ({ kind, columnDefinitions, rows }) => ({
        kind,
        columnDefinitions: columnDefinitions.toReversed(),
        rows: rows?.map(({ cells }) => ({ cells: cells.toReversed() })),
      }),
    ],
  ])("finds the same where the server %s", async (_what, print) => {
    serve(api, FAILING, print);
    const detection = await scanned(api);

    expect(incidentsOf(detection)).toEqual(FAILURES);
    expect(detection).toMatchObject({ pods_seen: 4, workloads_seen: 4 });
  });

  it("finds the same where the server answers with lists", async () => {
    serve(api, FAILING, NO_TABLES);
    const detection = await scanned(api, { namespace: "shop" });

    expect(incidentsOf(detection)).toEqual(FAILURES);
    expect(detection).toMatchObject({ pods_seen: 4, workloads_seen: 4 });
  });

  it("reads the suspects in full, from the watch cache, and no other pod", async () => {
    serve(api, FAILING);
    await scanned(api);
    const read = api.requests.filter((request) => request.path.endsWith("/pods") && !asksForTable(request));

    expect(read.map(({ path, query }) => [path, query["fieldSelector"], query["resourceVersion"]]).sort()).toEqual([
      ["/api/v1/pods", "metadata.name=on-node-9,spec.nodeName=node-9", "0"],
      ["/api/v1/pods", "metadata.name=web-1-crash,spec.nodeName=", "0"],
    ]);
    expect(api.requests.filter(({ path }) => path.startsWith(`${PODS}/`))).toEqual([]);
  });

  it("reads the suspects of one namespace by their paths", async () => {
    serve(api, FAILING);
    await scanned(api, { namespace: "shop" });
    const read = api.requests.filter(({ path }) => path.startsWith(`${PODS}/`));

    expect(read.map(({ path }) => path).sort()).toEqual([`${PODS}/on-node-9`, `${PODS}/web-1-crash`]);
    expect(read.map(({ query }) => query)).toEqual([{ resourceVersion: "0" }, { resourceVersion: "0" }]);
  });

  it("goes on without a suspect that is gone meanwhile", async () => {
    serve(api, { pods: [crashingPod({ name: "gone" }), crashingPod({ name: "web-1-crash" })] });
    api.on("GET", `${PODS}/gone`, refusal(404, "pods gone not found"));

    expect(await scanned(api, { namespace: "shop" })).toMatchObject({
      pods_seen: 2,
      failing_pods: 1,
      incidents: [{ sample_pods: ["web-1-crash"] }],
      unseen: [],
    });
  });

  it("reads no pod for its node while all nodes report, cordoned ones and those that only are not ready included", async () => {
    const cordoned = { ...node("node-8"), spec: { unschedulable: true } };
    serve(api, { nodes: [cordoned, node("node-9", "False")], pods: [on("node-8"), on("node-9")] });

    expect(await scanned(api)).toMatchObject({ status: "healthy" });
    expect(asked(api).filter((path) => path.startsWith(`${PODS}/`))).toEqual([]);
  });

  it("leaves the failed pods of a Job to the Job, and not those that still run", async () => {
    const job = { ...controlledBy("Job", "report") };
    const failed = pod({ name: "failed", metadata: job, status: { phase: "Failed", containerStatuses: [] } });
    const pulling = { ...crashingPod({ name: "crashing" }) };
    pulling.metadata = { ...pulling.metadata, ...job };
    serve(api, { pods: [failed, pulling], jobs: [failedJob(86_000)] });

    expect(await scanned(api)).toMatchObject({ failing_pods: 1, incidents: [{ sample_pods: ["crashing"] }] });
  });

  it("finds every way in which a pod may fail, each under its name", async () => {
    serve(api, { pods: FAILING_PODS.map((row, index) => inState(row, `pod-${index}`)) });
    const { pods } = await scanned(api, { findingsOnly: true });
    const reasons = new Map(pods?.map(({ name, failures }) => [name, failures.map(({ reason }) => reason)]));

    expect(FAILING_PODS.filter(({ reason }, index) => reasons.get(`pod-${index}`)?.includes(reason) !== true)).toEqual(
      [],
    );
  });

  it("finds nothing in any of the states in which a pod is well", async () => {
    serve(api, { pods: HEALTHY_PODS.map((row, index) => inState(row, `pod-${index}`)) });

    expect(await scanned(api, { findingsOnly: true })).toMatchObject({
      status: "healthy",
      pods_seen: HEALTHY_PODS.filter((row) => row.build(PLAIN).status?.phase !== "Succeeded").length,
      pods: [],
    });
  });

  it("tells a storm from its findings", async () => {
    const sets = Array.from({ length: 10 }, (_, index) =>
      statefulSet(0, { ...statusWritten(600), name: `db-${index}` }),
    );
    serve(api, { statefulSets: sets });

    expect(await scanned(api)).toMatchObject({
      status: "storm",
      storm: expect.stringContaining("10 of 10 workloads fail at once") as string,
    });
  });
});
