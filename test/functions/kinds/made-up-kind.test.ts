import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { classify } from "../../../functions/classify/classify.ts";
import { gatherEvidence } from "../../../functions/facts/evidence.ts";
import { undoCommands, workloadCommands } from "../../../functions/notify/commands.ts";
import { switchTemplate } from "../../../functions/remedies/rollback/switch-template.ts";
import { scale } from "../../../functions/remedies/scale/carry-out.ts";
import type { RollbackPlan } from "../../../functions/remedies/rollback/contract.ts";
import type { ScalePlan } from "../../../functions/remedies/scale/contract.ts";
import type { Writer } from "../../../functions/remedies/writer.ts";
import type { Change, Diagnosis, RequestedRemedy } from "../../../functions/run/contracts.ts";
import { eventFor } from "../../../functions/run/event.ts";
import { templateHash } from "../../../functions/shared/kubernetes/template.ts";
import { readState } from "../../../functions/facts/state.ts";
import { verify } from "../../../functions/verify/verify.ts";
import { ApiServer, found, page, refusal, type Answer } from "../../support/api-server.ts";
import { GADGET, gadget, gadgetSet, know, type Gadget } from "../../support/gadget.ts";
import { crashingPod, incident, NOW, ofRevision, pod, policy, template } from "../../support/objects.ts";
import { claimedRun, diagnosis, remedyResult } from "../../support/runs.ts";
import { incidentsOf, scanned } from "../../support/scans.ts";
import { asksForTable, serve } from "../../support/served-cluster.ts";
import { writerFor } from "../../support/writers.ts";

const ALL = "/apis/toys.example.org/v1/gadgets";
const HERE = "/apis/toys.example.org/v1/namespaces/shop/gadgets";
const WEB = { kind: "Gadget", group: "toys.example.org", namespace: "shop", name: "web" };
const REVISIONS = [1, 2].map((revision) => ({
  revision,
  kind: "ReplicaSet",
  name: `web-${revision}`,
  template: templateHash(template(`shop/web:${revision}`)),
})) as [never, never];
const [OLD, NEW] = REVISIONS;

const ROLLBACK: RollbackPlan = { action: "rollback", before: NEW, after: OLD, unblocked: [] };
const SCALE: ScalePlan = { action: "scale", scale: { target: "replicas", from: 2, to: 5 } };
/** What a rollback changed. */
const change: Change = { kind: "rollback", before: NEW, after: OLD, unblocked: [] };
const crashing = ofRevision(2, crashingPod({ name: "web-2-a", startedAgo: 95, restarts: 3 }));
const serving = ofRevision(1, pod({ name: "web-1-a" }));

let api: ApiServer;
let forget: () => void;
beforeEach(async () => {
  api = await ApiServer.start();
  forget = know(GADGET);
});
afterEach(async () => {
  forget();
  await api.stop();
});

/** Serves one Gadget with its ReplicaSets and pods. */
function serveGadget(object: Gadget): void {
  serve(api, { pods: [crashing, serving], replicaSets: [gadgetSet(1, 1), gadgetSet(2, 0)] });
  const answer: Answer = (response, request) => {
    const columnDefinitions = ["Name", "Up", "Size"].map((name) => ({ name }));
    const table = { kind: "Table", columnDefinitions, rows: [{ cells: ["web", object.status.up, object.spec.size] }] };
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify(asksForTable(request) ? table : { items: [object], metadata: {} }));
  };
  api.on("GET", ALL, answer).on("GET", HERE, answer).on("GET", `${HERE}/web`, found(object));
  for (const path of ["events", "limitranges", "resourcequotas"].map((name) => `/api/v1/namespaces/shop/${name}`))
    api.on("GET", path, page([]));
}

async function diagnosed(object: Gadget, requested?: RequestedRemedy): Promise<Diagnosis> {
  serveGadget(object);
  const about = incident({ workload: WEB, ...(requested === undefined ? {} : { requested }) });
  const evidence = await gatherEvidence(api.cluster(), about, { tried: [], history: [] }, { now: NOW });
  return classify(evidence, policy());
}

describe("a kind that only functions/kinds knows", () => {
  it("is looked at by a scan, which finds its pods' failures and its own under one name", async () => {
    serveGadget(gadget());
    const detection = await scanned(api);

    expect(incidentsOf(detection)).toEqual(["Gadget shop/web: CrashLoopBackOff, GadgetStuck"]);
    expect(detection).toMatchObject({ workloads_seen: 1, in_rollout: [], unseen: [] });
  });

  it("is left to its rollout by a scan, whether its row was suspect or not", async () => {
    for (const up of [1, 2]) {
      serveGadget(gadget({ phase: "Rolling", up }));

      expect(await scanned(api)).toMatchObject({ status: "healthy", incidents: [], in_rollout: [WEB] });
    }
  });

  it("is diagnosed by its revisions, and rolled back", async () => {
    expect(await diagnosed(gadget())).toMatchObject({
      cause: "CrashLoopAfterRollout",
      remedy: { action: "rollback", before: NEW, after: OLD, unblocked: [] },
      workload_uid: "gadget-uid",
      template: templateHash(template("shop/web:2")),
      progress_deadline_seconds: 77,
    });
  });

  it.each([
    ["is paused", gadget({}, { frozen: true }), "RolloutPaused", "paused"],
    ["is being rolled out", gadget({ phase: "Rolling" }), "RolloutInProgress", "deadline of 300 s"],
    ["was changed just now", gadget({ seen: "generation 1" }), "RolloutInProgress", "has not seen that yet"],
  ])("is guarded while it %s", async (_what, object, refusal, words) => {
    const { remedy } = await diagnosed(object);

    expect(remedy).toMatchObject({ action: "none", refusal, message: expect.stringContaining(words) as string });
  });

  it("gets an earlier template by a patch of its own", async () => {
    serveGadget(gadget());
    api.on("GET", "/apis/apps/v1/namespaces/shop/replicasets/web-1", found(gadgetSet(1, 1)));
    api.on("PATCH", `${HERE}/web`, found({}));
    await switchTemplate(writerFor(api.cluster(), WEB, ROLLBACK), { from: NEW, to: OLD });

    expect(api.writes.map(({ path, body }) => [path, body])).toEqual(
      Array(2).fill([
        `${HERE}/web`,
        [
          { op: "test", path: "/metadata/resourceVersion", value: "7" },
          { op: "replace", path: "/spec/template", value: template("shop/web:1") },
          { op: "add", path: "/spec/undone", value: true },
        ],
      ]),
    );
  });

  it("is scaled through its own scale, from the number that it says it wants", async () => {
    const { remedy } = await diagnosed(gadget(), { action: "scale", replicas: 5 });
    expect(remedy).toEqual({ action: "scale", scale: { target: "replicas", from: 2, to: 5 } });

    api.on("GET", `${HERE}/web/scale`, found({ metadata: { resourceVersion: "8" }, spec: { replicas: 2 } }));
    api.on("PATCH", `${HERE}/web/scale`, found({}));
    await scale(writerFor(api.cluster(), WEB, SCALE), SCALE.scale);

    expect(api.writes).toMatchObject([{ path: `${HERE}/web/scale`, body: [{}, { value: 5 }] }]);
  });

  it("is verified by its own status and its pods", async () => {
    const run = claimedRun({
      incident: incident({ workload: WEB }),
      diagnosis: diagnosis(),
      remedy: remedyResult({ change }),
    });
    const look = async (object: Gadget) => {
      serveGadget(object);
      api.on("GET", "/api/v1/namespaces/shop/pods", page([serving, ofRevision(1, pod({ name: "web-1-b" }))]));
      const state = await readState(api.cluster(), WEB);
      return state === undefined ? undefined : verify(run, state, policy({ verify: { soak_seconds: 0 } }), NOW);
    };
    const back = template("shop/web:1");

    expect(await look(gadget({ phase: "Fine" }, { template: back }))).toMatchObject({
      verdict: "settling",
      reasons: ["1 of 2 gadgets are up"],
    });
    expect(await look(gadget({ phase: "Fine", up: 2, seen: "generation 1" }, { template: back }))).toMatchObject({
      verdict: "settling",
      reasons: ["its controller has not seen the newest spec yet"],
    });
    expect(await look(gadget({ phase: "Fine", up: 2 }, { template: back }))).toMatchObject({ verdict: "recovered" });
    expect(await look(gadget({ phase: "Fine", up: 2 }))).toMatchObject({ verdict: "overtaken" });
  });

  it("is named in Events by its API, and in messages by its commands", () => {
    const run = claimedRun({
      incident: incident({ workload: WEB }),
      diagnosis: diagnosis({ workload_uid: "gadget-uid" }),
    });
    const scaled = { kind: "scale", scale: { target: "replicas", from: 2, to: 5 } } as const;
    const note = { type: "Normal", reason: "RemediationRolledBack", message: "Rolled back." } as const;

    expect(eventFor(run, note, NOW)?.involvedObject).toMatchObject({
      apiVersion: "toys.example.org/v1",
      kind: "Gadget",
    });
    expect(workloadCommands("prod", WEB, undefined)).toContain("kubectl -n shop describe gadget web");
    expect(undoCommands(WEB, remedyResult({ change }))).toEqual(["kubectl gadget undo web --to-revision=2 -n shop"]);
    expect(undoCommands(WEB, remedyResult({ change: scaled }))).toEqual([
      "kubectl -n shop scale gadget/web --replicas=2",
    ]);
  });
});

describe("a kind that does not say how it is written to", () => {
  beforeEach(() => {
    forget();
    const silent = { ...GADGET };
    delete silent.templatePatch;
    delete silent.hasScale;
    forget = know(silent);
  });

  it("is left to a person, whatever its evidence says and whoever asks", async () => {
    for (const requested of [
      undefined,
      { action: "rollback" },
      { action: "rollback", revision: 1 },
      { action: "scale", replicas: 5 },
    ] as const) {
      expect((await diagnosed(gadget(), requested)).remedy).toMatchObject({ action: "none", refusal: "NoSafeRemedy" });
    }
  });

  it("is refused by the steps, should one get it all the same", async () => {
    serveGadget(gadget());
    const invalid = { name: "InvalidStepInput" };

    const [rolling, scaling] = [ROLLBACK, SCALE].map((plan) => writerFor(api.cluster(), WEB, plan)) as [Writer, Writer];
    await expect(switchTemplate(rolling, { from: NEW, to: OLD })).rejects.toMatchObject(invalid);
    await expect(scale(scaling, SCALE.scale)).rejects.toMatchObject(invalid);
    expect(api.writes).toEqual([]);
  });
});

describe("a kind that nobody knows", () => {
  it("is never written to, nor read itself, and its pods are read all the same", async () => {
    forget();
    serveGadget(gadget());
    expect(incidentsOf(await scanned(api))).toEqual(["Gadget shop/web: CrashLoopBackOff"]);
    api.requests.length = 0;

    expect(await diagnosed(gadget())).toMatchObject({
      cause: "CrashLoop",
      remedy: { action: "none", refusal: "NothingRecreatesIt" },
    });
    expect(api.writes).toEqual([]);
    expect(api.requests.filter(({ path }) => path.includes("gadgets"))).toEqual([]);
    forget = know(GADGET);
  });
});

describe("a cluster without the API of a kind", () => {
  const NAMESPACES = Array.from({ length: 40 }, (_, index) => `team-${index}`);

  it("is looked at without it, and nothing is said to be unseen", async () => {
    serve(api, { pods: [ofRevision(1, crashingPod({ name: "web-1-a" }))], replicaSets: [gadgetSet(1, 0)] });

    expect(await scanned(api)).toMatchObject({
      status: "failing",
      incidents: [{ workload: { kind: "Gadget" } }],
      unseen: [],
    });
  });

  it("is not asked for it in every namespace", async () => {
    serve(api, { namespaces: NAMESPACES });
    const detection = await scanned(api, { policy: policy({ namespaces: { allow: NAMESPACES } }) });
    const asked = api.requests.filter(({ path }) => path.endsWith("/gadgets")).length;

    expect(detection).toMatchObject({ status: "healthy", unseen: [] });
    // As many as are under way at the same time.
    expect(asked).toBeLessThanOrEqual(8);
  });

  it("is told apart from one where it may not be looked at", async () => {
    serve(api, {});
    api.on("GET", ALL, refusal(403, "gadgets is forbidden"));

    expect(await scanned(api)).toMatchObject({ unseen: [{ what: "Gadgets", error: "Forbidden" }] });
  });

  it("needs no HPAs either", async () => {
    serve(api, { pods: [crashing], replicaSets: [gadgetSet(2, 0)] });
    api.on("GET", "/apis/autoscaling/v2/horizontalpodautoscalers", refusal(404, "not found"));

    expect(await scanned(api)).toMatchObject({ status: "failing", unseen: [] });
  });

  it("is still refused where what every cluster has is not there", async () => {
    serve(api, {});
    api.on("GET", "/apis/apps/v1/deployments", refusal(404, "not found"));

    await expect(scanned(api)).rejects.toMatchObject({ name: "NotFound" });
  });
});
