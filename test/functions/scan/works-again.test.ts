import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { HistoryEntry } from "../../../functions/run/contracts.ts";
import { newLease, released } from "../../../functions/run/lease.ts";
import type { Deployment, Hpa, Lease, Pod } from "../../../functions/shared/kubernetes/types.ts";
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
import { serve } from "../../support/served-cluster.ts";

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
  const base = { at: ago(7_200), execution: "run", cause: "Unknown", action: "none", outcome: "Skipped" };
  return entries.reduceRight<Lease>(
    (lease, entry) => released(lease, { ...base, ...entry }, NOW),
    newLease(WEB, "run", 0, new Date(ago(7_200))),
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
    ["no pod of it is wanted", [{ web: deployment({ replicas: 0 }), pods: [] }]],
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
