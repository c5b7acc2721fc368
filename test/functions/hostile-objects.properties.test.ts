import fc from "../support/properties.ts";
import { describe, expect, it } from "vitest";
import type * as z from "zod";
import { answer } from "../../functions/scan/answer.ts";
import { groupIncidents, type FailingPod } from "../../functions/scan/incidents.ts";
import { pause } from "../../functions/run/cool-down.ts";
import { expiryOf, historyOf, holderOf, released, takenOver } from "../../functions/run/lease.ts";
import { openCase } from "../../functions/facts/case.ts";
import { classify } from "../../functions/classify/classify.ts";
import type { Evidence } from "../../functions/facts/evidence.ts";
import { surroundingLines } from "../../functions/classify/surrounding-lines.ts";
import { lostNodesAmong } from "../../functions/shared/kubernetes/nodes.ts";
import {
  Diagnosis,
  HistoryEntry,
  Incident,
  RequestedRemedy,
  UndoVerification,
  Verification,
} from "../../functions/run/contracts.ts";
import { FailedPod, HpaState } from "../../functions/run/detection.ts";
import { type WorkloadRef } from "../../functions/shared/refs.ts";
import { hpaFailures } from "../../functions/facts/hpa-failures.ts";
import { failuresOf } from "../../functions/kinds/failing/overdue.ts";
import type { RevisionHolder } from "../../functions/kinds/revisions/history.ts";
import type { ControllerRevision, Deployment, ReplicaSet, Workload } from "../../functions/shared/kubernetes/types.ts";
import { isRollingOut } from "../../functions/kinds/deployment/rollout.ts";
import { kindOf } from "../../functions/kinds/kinds.ts";
import { WorkloadFinder } from "../../functions/kinds/workload-finder.ts";
import { verifyUndo } from "../../functions/verify/verify-undo.ts";
import { verify } from "../../functions/verify/verify.ts";
import { UNPRINTABLE } from "../support/hostile.ts";
import { workloadFailures } from "../support/kinds.ts";
import {
  hostileBudget,
  hostileControllerRevision,
  hostileDaemonSet,
  hostileDeployment,
  hostileEvent,
  hostileHpa,
  hostileJob,
  hostileLease,
  hostileNode,
  hostilePod,
  hostilePods,
  hostileLimitRange,
  hostileQuota,
  hostileReplicaSet,
  hostileStatefulSet,
} from "../support/hostile-objects.ts";
import {
  ago,
  crashingPod,
  deployment,
  evidence,
  incident,
  NOW,
  ofRevision,
  pod,
  policy,
  replicaSet,
  template,
  WEB,
} from "../support/objects.ts";
import { DEADLINES } from "../support/pod-rows.ts";
import { appliedRun } from "../support/runs.ts";

const KIB = 1_024;
const moment = { now: NOW, deadlines: DEADLINES, lostNodes: new Map([["node-0", ago(900)]]) };

/** The value, which has to fit its contract and so many bytes of JSON, and to survive JSON as it is. */
function expectFits<Schema extends z.ZodType>(schema: Schema, value: unknown, bytes: number): void {
  const parsed = schema.safeParse(value);
  expect(parsed.error).toBeUndefined();
  const text = JSON.stringify(value);
  expect(Buffer.byteLength(text)).toBeLessThan(bytes);
  expect(schema.safeParse(JSON.parse(text)).data).toEqual(parsed.data);
}

/** A workload of each kind, with the kind. */
const workload: fc.Arbitrary<{ kind: string; object: Workload | undefined }> = fc.oneof(
  hostileDeployment.map((object) => ({ kind: "Deployment", object })),
  hostileReplicaSet.map((object) => ({ kind: "ReplicaSet", object })),
  hostileStatefulSet.map((object) => ({ kind: "StatefulSet", object })),
  hostileDaemonSet.map((object) => ({ kind: "DaemonSet", object })),
  fc.constantFrom("Pod", "Job", "Rollout", "constructor").map((kind) => ({ kind, object: undefined })),
);

const requested: fc.Arbitrary<RequestedRemedy | undefined> = fc.oneof(
  { weight: 3, arbitrary: fc.constant(undefined) },
  fc.constantFrom<RequestedRemedy>(
    { action: "restart", pod: "web" },
    { action: "rollback" },
    { action: "rollback", revision: 1 },
    { action: "scale", replicas: 3 },
  ),
);

const few = <T>(one: fc.Arbitrary<T>) => fc.array(one, { maxLength: 3 });

/** What holds the revisions of a workload of that kind. */
function holdersOf(
  kind: string,
  replicaSets: ReplicaSet[],
  controllerRevisions: ControllerRevision[],
): RevisionHolder[] {
  const holder = kindOf({ kind })?.history?.kind;
  return holder === "ReplicaSet" ? replicaSets : holder === "ControllerRevision" ? controllerRevisions : [];
}

/** Evidence that holds together as the reading leaves it, and nothing more. */
const hostileEvidence: fc.Arbitrary<Evidence> = fc
  .record({
    seen: workload,
    pods: hostilePods,
    replicaSets: few(hostileReplicaSet),
    controllerRevisions: few(hostileControllerRevision),
    hpa: fc.option(hostileHpa, { nil: undefined }),
    nodes: few(hostileNode),
    events: few(hostileEvent),
    budgets: few(hostileBudget),
    quotas: few(hostileQuota),
    limitRanges: few(hostileLimitRange),
    lease: hostileLease,
    tried: fc.constantFrom<("restart" | "rollback")[]>([], ["restart"], ["restart", "rollback"]),
    requested,
  })
  .map(
    ({
      seen,
      replicaSets,
      controllerRevisions,
      nodes,
      events,
      budgets,
      quotas,
      limitRanges,
      lease,
      requested: asked,
      ...rest
    }) => {
      // A runbook asks for Deployments and pods alone.
      const wanted =
        asked !== undefined && (seen.kind === "Deployment" || asked.action === "restart") ? asked : undefined;
      return evidence({
        ...rest,
        incident: incident({
          workload: { kind: seen.kind, namespace: "shop", name: "web" },
          ...(wanted === undefined ? {} : { requested: wanted }),
        }),
        workload: seen.object,
        holders: holdersOf(seen.kind, replicaSets, controllerRevisions),
        surroundings: { events, budgets, quotas, limitRanges, nodes },
        lostNodes: lostNodesAmong(nodes),
        history: historyOf(lease),
      });
    },
  );

describe("detection, of whatever objects there are,", () => {
  it("makes bounded incidents and answers of them that fit their contracts", async () => {
    const objects = fc.record({
      pods: hostilePods,
      workloads: few(workload),
      jobs: few(hostileJob),
      hpas: few(hostileHpa),
    });
    const nothing = { get: () => Promise.resolve({ metadata: null }) } as never;

    await fc.assert(
      fc.asyncProperty(objects, async ({ pods, workloads, jobs, hpas }) => {
        const finder = new WorkloadFinder(nothing);
        const failing: FailingPod[] = await Promise.all(
          pods.map(async (pod) => ({
            name: pod.metadata?.name ?? "",
            node: pod.spec?.nodeName,
            workload: await finder.ownerOf(pod),
            failures: failuresOf(pod, moment),
          })),
        );
        const own = [
          ...workloads.map(({ kind, object }) => workloadFailures(kind, object ?? {}, moment)),
          ...jobs.map((job) => workloadFailures("Job", job, moment)),
          ...hpas.map((hpa) => hpaFailures(hpa, moment)),
        ].map((failures): { workload: WorkloadRef; failures: typeof failures } => ({ workload: WEB, failures }));
        for (const { object } of workloads) isRollingOut((object ?? {}) as Deployment);

        for (const found of groupIncidents(failing, own)) expectFits(Incident, found, 8 * KIB);
        const told = answer(failing, hpas, moment);
        for (const pod of told.pods ?? []) expectFits(FailedPod, pod, 8 * KIB);
        for (const state of told.hpas ?? []) expectFits(HpaState, state, 40_000);
        expect((told.pods ?? []).length + (told.omitted_pods ?? 0)).toBe(pods.length);
        expect((told.hpas ?? []).length + (told.omitted_hpas ?? 0)).toBe(hpas.length);
      }),
      { numRuns: 200 },
    );
  });

  it("takes no owner for one whose kind or name no object can have", async () => {
    const asked: string[] = [];
    const cluster = {
      get: (path: string) => {
        asked.push(path);
        return Promise.resolve({});
      },
    } as never;

    await fc.assert(
      fc.asyncProperty(hostilePod, async (pod) => {
        const { kind, name } = await new WorkloadFinder(cluster).ownerOf(pod);
        expect(kind).toMatch(/^[A-Za-z][-A-Za-z0-9]{0,62}$/);
        expect(name).toMatch(/^[a-z0-9][-a-z0-9.]{0,252}$/);
      }),
      { numRuns: 1_000 },
    );
    for (const path of asked)
      expect(path).toMatch(/^\/apis\/(apps|batch)\/v1\/namespaces\/shop\/(replicasets|jobs)\/[a-z0-9][-a-z0-9.]*$/);
  });
});

describe("classification, of whatever evidence there is,", () => {
  it("makes a bounded diagnosis that fits its contract", () => {
    fc.assert(
      fc.property(hostileEvidence, (seen) => {
        openCase(seen, policy());
        const diagnosis = classify(seen, policy());
        expectFits(Diagnosis, diagnosis, 16 * KIB);
        const lines = [diagnosis.summary, ...diagnosis.evidence, diagnosis.undo];
        for (const line of lines) expect(line).not.toMatch(UNPRINTABLE);
      }),
      { numRuns: 200 },
    );
  });

  it("fits its contract where somebody wrote a word for a revision's number, to which nothing goes back", () => {
    const word = replicaSet(1, { available: 2, created: ago(90_000) });
    word.metadata = { ...word.metadata, annotations: { "deployment.kubernetes.io/revision": "one" } };
    const seen = evidence({
      workload: deployment({
        template: template("shop/web:2"),
        progressing: { status: "False", reason: "ProgressDeadlineExceeded" },
      }),
      holders: [replicaSet(2, { replicas: 2, created: ago(900) }), word],
      pods: [ofRevision(2, crashingPod({}))],
    });

    const diagnosis = classify(seen, policy());

    expect(diagnosis.remedy).toMatchObject({ action: "none", refusal: "NoHealthyRevision" });
    expectFits(Diagnosis, diagnosis, 16 * KIB);
  });

  it("fits its contract where the workload has no status yet", () => {
    const { metadata, spec } = deployment();
    const seen = evidence({
      workload: { metadata, spec } as Workload,
      pods: [pod({ status: { phase: "Failed", reason: "Evicted" } })],
    });

    expectFits(Diagnosis, classify(seen, policy()), 16 * KIB);
  });

  it("never throws over what stands around the workload", () => {
    fc.assert(
      fc.property(hostileEvidence, (seen) => {
        expect(surroundingLines(seen, []).every((line) => typeof line === "string")).toBe(true);
      }),
      { numRuns: 200 },
    );
  });
});

describe("verification, of whatever state there is,", () => {
  const REF = (revision: number) => ({ revision, kind: "ReplicaSet", name: `web-${revision}`, template: "a" }) as const;
  const run = fc.constantFrom(
    appliedRun(),
    appliedRun({ kind: "restart", mode: "evict", pods: [{ name: "web", uid: "other-uid" }] }),
    appliedRun({ kind: "scale", scale: { target: "replicas", from: 2, to: 4 } }),
    appliedRun({
      kind: "scale",
      scale: { target: "hpa", name: "web", from: { min: 1, max: 2 }, to: { min: 1, max: 3 } },
    }),
    appliedRun({ kind: "rollback", before: REF(2), after: REF(1), unblocked: [] }),
  );
  const state = fc.record({ seen: workload, pods: hostilePods, hpa: fc.option(hostileHpa, { nil: undefined }) });

  it("makes a bounded verdict that fits its contract", () => {
    fc.assert(
      fc.property(run, state, fc.boolean(), (made, { seen, pods, hpa }, late) => {
        fc.pre(seen.object !== undefined);
        const at = new Date(NOW.getTime() + (late ? 10_000_000 : 0));
        const about = { ...made, incident: incident({ workload: { ...WEB, kind: seen.kind } }) };
        const kind = kindOf({ kind: seen.kind });
        if (kind === undefined) return;
        const looked = {
          kind,
          workload: seen.object,
          pods,
          controllers: pods.map(({ metadata }) => metadata?.uid ?? ""),
          hpa,
          others: [],
        };
        const verdict = verify(about, looked, policy(), at);
        expectFits(Verification, verdict, 16 * KIB);
        expectFits(Verification, verify({ ...about, verification: verdict }, looked, policy(), at), 16 * KIB);
        expectFits(UndoVerification, verifyUndo(about, looked, at), 16 * KIB);
      }),
      { numRuns: 200 },
    );
  });
});

describe("a claim, whatever somebody made of its Lease,", () => {
  it("has a holder or none, an end, and a history of few entries", () => {
    const rules = policy({ cool_down: { base_seconds: 0 } });

    fc.assert(
      fc.property(hostileLease, (lease) => {
        const history = historyOf(lease);
        expect(history.length).toBeLessThanOrEqual(10);
        for (const entry of history) expectFits(HistoryEntry, entry, 4 * KIB);
        expect(Number.isNaN(expiryOf(lease).getTime())).toBe(false);
        expect(["string", "undefined"]).toContain(typeof holderOf(lease, NOW));
        expect(() => pause(history, undefined, rules, NOW)).not.toThrow();
        const taken = takenOver(lease, "me", 900, NOW);
        expect(holderOf(taken, NOW)).toBe("me");
        expect(holderOf(released(taken, undefined, NOW), NOW)).toBeUndefined();
      }),
      { numRuns: 1_000 },
    );
  });
});
