import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { HistoryEntry } from "../../../functions/run/contracts.ts";
import { newLease, released } from "../../../functions/run/lease.ts";
import type { WorkloadRef } from "../../../functions/shared/refs.ts";
import type { Deployment, Hpa, Job, Lease, Pod } from "../../../functions/shared/kubernetes/types.ts";
import { ApiServer, found, refusal } from "../../support/api-server.ts";
import {
  ago,
  container,
  crashingPod,
  deployment,
  hpa,
  NOW,
  pod,
  policy,
  replicaSet,
  WEB,
} from "../../support/objects.ts";
import { FORBIDDEN, scanned } from "../../support/scans.ts";
import { serve, type Objects } from "../../support/served-cluster.ts";
import { cronJob, failedJob, node } from "../../support/workload-objects.ts";

const LEASES = "/apis/coordination.k8s.io/v1/namespaces/eks-remediation/leases";
const TOLD: Partial<HistoryEntry> = { at: ago(7_200), cause: "MissingConfig", reason: "NoSafeRemedy", calls: true };
const AGAIN: Partial<HistoryEntry> = { cause: "MissingConfig", reason: "NotFailingAnymore" };

let api: ApiServer;
beforeEach(async () => {
  api = await ApiServer.start();
});
afterEach(() => api.stop());

/** What the claim remembers, newest first, held by nobody. */
function remembering(...entries: Partial<HistoryEntry>[]): Lease {
  return rememberingOf(WEB, ...entries);
}

function rememberingOf(workload: WorkloadRef, ...entries: Partial<HistoryEntry>[]): Lease {
  const base = { at: ago(7_200), execution: "run", cause: "Unknown", action: "none", outcome: "Skipped" };
  return entries.reduceRight<Lease>(
    (lease, entry) => released(lease, { ...base, ...entry }, NOW),
    newLease(workload, "run", 0, new Date(ago(7_200))),
  );
}

/** A pod that has been ready, and its container running, for so many seconds. */
function ready(seconds: number, started = seconds, name = "web-1-aaaaa"): Pod {
  return pod({
    name,
    status: {
      conditions: [{ type: "Ready", status: "True", lastTransitionTime: ago(seconds) }],
      containerStatuses: [container({ state: { running: { startedAt: ago(started) } } })],
    },
  });
}

/** A cluster on which people were told of `shop/web`, whose one pod has been ready for an hour. */
function cluster(
  {
    pods = [ready(3_600)],
    web = deployment({ replicas: 1 }),
    hpas = [],
  }: { pods?: Pod[]; web?: Deployment | null; hpas?: Hpa[] } = {},
  lease = remembering(TOLD),
): void {
  const deployments = web === null ? [] : [web];
  serve(api, { namespaces: ["shop", "blog"], deployments, replicaSets: [replicaSet(1, { available: 1 })], pods, hpas });
  api.on("GET", LEASES, found({ kind: "LeaseList", apiVersion: "coordination.k8s.io/v1", items: [lease] }));
}

/** An HPA of it that has had what it wants for so many seconds. */
function within(seconds: number): Hpa {
  const made = hpa({ current: 1 });
  const conditions = (made.status?.conditions ?? []).map((one) => ({ ...one, lastTransitionTime: ago(seconds) }));
  return { ...made, status: { currentReplicas: 1, desiredReplicas: 1, ...made.status, conditions } };
}

/** It as somebody has scaled it to 0 so many seconds ago. */
function scaledToZero(seconds: number): Deployment {
  const scaled = { manager: "kubectl", subresource: "scale", time: ago(seconds) as never };
  const managedFields = [{ ...scaled, fieldsV1: { "f:spec": { "f:replicas": {} } } }];
  return deployment({ replicas: 0, metadata: { managedFields } });
}

const told = { told_at: "2026-06-01T10:00:00.000Z", cause: "MissingConfig" };

describe("a workload that people were told of", () => {
  it("is found once more where it has been well for long enough, and nothing fails", async () => {
    cluster();
    expect(await scanned(api)).toMatchObject({
      status: "failing",
      failing_pods: 0,
      incidents: [{ workload: WEB, failures: [], works_again: { ...told, since: "2026-06-01T11:00:00.000Z" } }],
    });
  });

  it("is found where its HPA has had what it wants for long enough, or is at its minimum", async () => {
    cluster({ hpas: [within(700)] });
    expect((await scanned(api)).incidents).toMatchObject([{ works_again: { since: ago(700).replace("Z", ".000Z") } }]);
    cluster({ hpas: [hpa({ current: 1, limited: "TooFewReplicas", limitedSince: ago(60) })] });
    expect((await scanned(api)).incidents).toMatchObject([{ works_again: {} }]);
  });

  it("is found where it is gone", async () => {
    cluster({ web: null, pods: [] });
    expect((await scanned(api)).incidents).toEqual([
      { workload: WEB, failures: [], failing_pods: 0, sample_pods: [], works_again: told },
    ]);
  });

  it("is found where it was scaled to 0, and no pod of it runs", async () => {
    cluster({ web: scaledToZero(600), pods: [] });
    expect((await scanned(api)).incidents).toMatchObject([{ works_again: { since: ago(600).replace("Z", ".000Z") } }]);
    cluster({ web: deployment({ replicas: 0 }), pods: [] });
    expect((await scanned(api)).incidents).toEqual([
      { workload: WEB, failures: [], failing_pods: 0, sample_pods: [], works_again: told },
    ]);
  });

  it.each<[string, Partial<HistoryEntry>[]]>([
    ["a remedy was begun, whose end nobody told", [{ ...TOLD, calls: undefined, outcome: "Unfinished" }]],
    ["a look since called nobody", [{ reason: "Declined", at: ago(3_600) }, TOLD]],
  ])("is found where %s", async (_why, entries) => {
    cluster({}, remembering(...entries));
    expect((await scanned(api)).incidents).toMatchObject([{ works_again: {} }]);
  });

  it.each<[string, Parameters<typeof cluster>]>([
    ["it has been ready for too short", [{ pods: [ready(599)] }]],
    ["a container was started since", [{ pods: [ready(3_600, 599)] }]],
    ["people were told of it just before", [{}, remembering({ ...TOLD, at: ago(599) })]],
    ["one of its pods is missing", [{ web: deployment({ replicas: 2 }) }]],
    ["its controller still lacks something", [{ web: deployment({ replicas: 1, status: { availableReplicas: 0 } }) }]],
    ["its controller has not seen its spec", [{ web: deployment({ replicas: 1, metadata: { generation: 2 } }) }]],
    [
      "its HPA wants more than its maximum again",
      [{ hpas: [hpa({ limited: "TooManyReplicas", limitedSince: ago(30) })] }],
    ],
    ["its HPA has not wanted more for a short while only", [{ hpas: [within(599)] }]],
    ["it is being deleted", [{ web: deployment({ replicas: 1, metadata: { deletionTimestamp: ago(1) } }) }]],
    ["no pod of it is wanted, and one still runs", [{ web: deployment({ replicas: 0 }) }]],
    ["it was scaled to 0 a moment ago", [{ web: scaledToZero(599), pods: [] }]],
    ["nobody was called", [{}, remembering({ ...TOLD, calls: undefined })]],
    ["a remedy has helped since", [{}, remembering({ outcome: "Recovered", action: "restart", applied: true }, TOLD)]],
    ["people know already", [{}, remembering(AGAIN, TOLD)]],
    ["people know that it is gone", [{}, remembering({ reason: "WorkloadNotFound" }, TOLD)]],
    ["another execution has it", [{}, newLease(WEB, "another", 3_600, new Date(ago(60)))]],
  ])("is not found where %s", async (_why, about) => {
    cluster(...about);
    expect(await scanned(api)).toMatchObject({ status: "healthy", incidents: [] });
  });

  it("is what it was where it still fails", async () => {
    cluster({ pods: [crashingPod({ ranFor: 1_000 })] });
    const { incidents } = await scanned(api, { policy: policy({ cool_down: { base_seconds: 1, max_seconds: 1 } }) });
    expect(incidents).toMatchObject([{ failures: [{ reason: "CrashLoopBackOff" }] }]);
    expect(incidents[0]).not.toHaveProperty("works_again");
  });

  it("has to be well for twice as long each time that it was so within a day", async () => {
    const before = [TOLD, AGAIN, TOLD, AGAIN, TOLD];
    cluster({ pods: [ready(2_399)] }, remembering(...before));
    expect((await scanned(api)).incidents).toEqual([]);
    cluster({ pods: [ready(2_400)] }, remembering(...before));
    expect((await scanned(api)).incidents).toMatchObject([{ works_again: {} }]);
  });
});

describe("what is never remedied, and people were told of", () => {
  const of = (kind: string, name: string, namespace = "shop"): WorkloadRef => ({ kind, namespace, name });
  const ONCE = of("Pod", "once");
  const REPORT = of("Job", "report");
  const EVERY_HOUR = of("CronJob", "report");
  const WORKER = of("Node", "worker-1", "");

  async function againAmong(objects: Objects, workload: WorkloadRef, options: Parameters<typeof scanned>[1] = {}) {
    serve(api, { namespaces: ["shop", "blog"], ...objects });
    const items = [rememberingOf(workload, TOLD)];
    api.on("GET", LEASES, found({ kind: "LeaseList", apiVersion: "coordination.k8s.io/v1", items }));
    const { incidents } = await scanned(api, options);
    return incidents.flatMap((incident) => (incident.works_again === undefined ? [] : [incident]));
  }

  it.each<[string, WorkloadRef, Objects]>([
    ["a pod is ready by now", ONCE, { pods: [bare(ready(3_600))] }],
    ["a pod has succeeded", ONCE, { pods: [bare(succeeded(3_600))] }],
    ["a Job is complete", REPORT, { jobs: [completeJob(3_600)] }],
    ["a later Job of a CronJob has succeeded", EVERY_HOUR, { cronJobs: [cronJob(3_600)] }],
    ["a node is ready again", WORKER, { nodes: [node("worker-1", "True", 3_600)] }],
  ])("is found where %s", async (_what, workload, objects) => {
    const expected = { workload, works_again: { ...told, since: "2026-06-01T11:00:00.000Z" } };
    expect(await againAmong(objects, workload)).toMatchObject([expected]);
  });

  it.each([ONCE, REPORT, EVERY_HOUR, WORKER])("is found where the $kind is gone", async (workload) => {
    const gone = { workload, failures: [], failing_pods: 0, sample_pods: [], works_again: told };
    expect(await againAmong({}, workload)).toEqual([gone]);
  });

  it("is not found where people know already that the pod is gone", async () => {
    serve(api, {});
    const items = [rememberingOf(ONCE, { reason: "PodNotFound" }, TOLD)];
    api.on("GET", LEASES, found({ kind: "LeaseList", apiVersion: "coordination.k8s.io/v1", items }));
    expect((await scanned(api)).incidents).toEqual([]);
  });

  it.each<[string, WorkloadRef, Objects]>([
    ["a pod runs and is not ready", ONCE, { pods: [bare(pod({ status: { conditions: [] } }))] }],
    ["a pod has been ready for too short", ONCE, { pods: [bare(ready(599))] }],
    ["a pod is being deleted", ONCE, { pods: [bare(ready(3_600), { deletionTimestamp: ago(1) })] }],
    ["a Job has failed so long ago that it is no news", REPORT, { jobs: [failedJob(7 * 86_400)] }],
    ["a Job runs", REPORT, { jobs: [{ ...completeJob(1), status: { active: 1 } }] }],
    ["the last success of a CronJob was before that", EVERY_HOUR, { cronJobs: [cronJob(7_300)] }],
    ["a CronJob has never succeeded", EVERY_HOUR, { cronJobs: [cronJob()] }],
    ["a node is not ready", WORKER, { nodes: [node("worker-1", "Unknown", 3_600)] }],
    ["nothing is known of its kind", of("ReplicationController", "old"), {}],
  ])("is not found where %s", async (_what, workload, objects) => {
    expect(await againAmong(objects, workload)).toEqual([]);
  });

  it.each<[WorkloadRef, string]>([
    [ONCE, "/api/v1/namespaces/shop/pods/once"],
    [REPORT, "/apis/batch/v1/namespaces/shop/jobs/report"],
    [WORKER, "/api/v1/nodes/worker-1"],
  ])("is not taken for gone where it cannot be read: $kind", async (workload, path) => {
    api.on("GET", path, FORBIDDEN);
    expect(await againAmong({}, workload)).toEqual([]);
  });

  it("is found by a scan of one namespace where it is in it, or the node of a pod in it, and nowhere else", async () => {
    const nodes = [node("worker-1", "True", 3_600)];
    const there = ready(3_600);
    const pods = [{ ...there, spec: { ...there.spec, containers: [], nodeName: "worker-1" } }];
    expect(await againAmong({ nodes, pods }, WORKER, { namespace: "shop" })).toHaveLength(1);
    expect(await againAmong({ nodes, pods }, WORKER, { namespace: "blog" })).toEqual([]);
    expect(await againAmong({}, ONCE, { namespace: "blog" })).toEqual([]);
  });

  it("is read in turn where there is more of it than one scan reads", async () => {
    const names = Array.from({ length: 120 }, (_, index) => `job-${index}`);
    serve(api, { jobs: names.map((name) => failedJob(7 * 86_400, { name })) });
    const items = names.map((name) => rememberingOf(of("Job", name), TOLD));
    api.on("GET", LEASES, found({ kind: "LeaseList", apiVersion: "coordination.k8s.io/v1", items }));
    for (const minute of [0, 1, 2]) await scanned(api, { now: new Date(NOW.getTime() + minute * 60_000) });
    const read = api.requests.filter(({ path }) => /jobs\/job-\d+$/.test(path)).map(({ path }) => path);
    expect(read).toHaveLength(150);
    expect(new Set(read).size).toBe(120);
  });

  /** The pod, which nothing controls. */
  function bare(made: Pod, metadata: Pod["metadata"] = {}): Pod {
    return { ...made, metadata: { name: "once", namespace: "shop", uid: "once-uid", ...metadata } };
  }

  function succeeded(seconds: number): Pod {
    const terminated = { exitCode: 0, finishedAt: ago(seconds) };
    return pod({
      status: { phase: "Succeeded", conditions: [], containerStatuses: [container({ state: { terminated } })] },
    });
  }

  function completeJob(seconds: number): Job {
    const conditions = [{ type: "Complete", status: "True", lastTransitionTime: ago(seconds) }];
    return { ...failedJob(seconds), status: { succeeded: 1, completionTime: ago(seconds), conditions } };
  }
});

describe("a scan tells of no end", () => {
  it.each<[string, Parameters<typeof scanned>[1]]>([
    ["that acts in nothing", { dryRun: true }],
    ["of findings alone", { findingsOnly: true }],
    ["of another namespace", { namespace: "blog" }],
    ["of a policy that leaves the namespace out", { policy: policy({ namespaces: { deny: ["shop"] } }) }],
  ])("%s", async (_why, options) => {
    cluster();
    expect((await scanned(api, options)).incidents).toEqual([]);
  });

  it.each([
    ["HPAs of the whole cluster", "/apis/autoscaling/v2/horizontalpodautoscalers"],
    ["pods of the workload", "/api/v1/namespaces/shop/pods"],
    ["workload", "/apis/apps/v1/namespaces/shop/deployments/web"],
  ])("where the %s cannot be seen", async (_what, path) => {
    cluster();
    api.on("GET", path, FORBIDDEN);
    expect((await scanned(api)).incidents).toEqual([]);
  });

  it("where the claims cannot be read, of which a healthy cluster says nothing", async () => {
    cluster();
    api.on("GET", LEASES, refusal(403, "leases is forbidden"));
    expect(await scanned(api)).toMatchObject({ status: "healthy", unseen: [] });
  });
});
