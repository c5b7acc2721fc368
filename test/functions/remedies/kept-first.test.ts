import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { remedyFor } from "../../../functions/remedies/remedies.ts";
import { remedyStep, type RemedyEnvironment } from "../../../functions/remedies/step.ts";
import type { Plan } from "../../../functions/remedies/remedy.ts";
import type { Change, WorkloadRun } from "../../../functions/run/contracts.ts";
import { RemediationError } from "../../../functions/shared/errors.ts";
import { ApiServer, found, page } from "../../support/api-server.ts";
import { crashingPod, incident, NOW, template } from "../../support/objects.ts";
import { claimedRun, claimOf, diagnosis, remedyResult, serveClaim } from "../../support/runs.ts";
import { controllerRevision, DB, db, dbPod, revisionOf } from "../../support/set-objects.ts";
import { unreachableEnvironment } from "../../support/scripted.ts";

const SHOP = "/api/v1/namespaces/shop";
const STATEFUL_SET = "/apis/apps/v1/namespaces/shop/statefulsets/db";

let api: ApiServer;
/** The pods whose evidence is kept, and how many writes had been persisted by then. */
let kept: { pod: string; persisted: number }[];
/** The pods whose evidence cannot be kept. */
let lost: ReadonlySet<string>;
let environment: RemedyEnvironment;
beforeEach(async () => {
  api = await ApiServer.start();
  kept = [];
  lost = new Set();
  api.on("GET", `${SHOP}/events`, page([]));
  environment = {
    ...unreachableEnvironment(new Error("not used")),
    connect: () => Promise.resolve(api.cluster()),
    now: () => NOW,
    preserve: ({ pod }) => {
      const { name = "" } = (pod as { metadata: { name?: string } }).metadata;
      if (lost.has(name)) return Promise.reject(new RemediationError("EvidenceNotKept", `Pod ${name} was left.`));
      return Promise.resolve(void kept.push({ pod: name, persisted: persisted().length }));
    },
  };
});
afterEach(() => api.stop());

const persisted = () => api.writes.filter(({ query }) => query["dryRun"] === undefined);
const target = (name: string) => ({ name, uid: `${name}-uid` });
function carryOut(remedy: Plan, more: Partial<WorkloadRun> = {}) {
  const run = claimedRun({ diagnosis: diagnosis({ remedy }), ...more });
  serveClaim(api, claimOf(run));
  return remedyStep(remedyFor(remedy.action))(environment)({ run });
}

describe("the rollback of a StatefulSet that waits for a pod", () => {
  const plan: Plan = {
    ...{ action: "rollback", before: revisionOf(2), after: revisionOf(1) },
    unblocked: [target("db-2")],
  };
  const roll = () => carryOut(plan, { incident: incident({ workload: DB }) });
  beforeEach(() => {
    const back = db({ template: template("shop/web:1"), metadata: { name: "db", generation: 2 } });
    const seen = { ...back, status: { ...back.status, observedGeneration: 2 } };
    api.on("GET", STATEFUL_SET, (response) => {
      const isBack = persisted().some(({ path }) => path === STATEFUL_SET);
      response.end(JSON.stringify(isBack ? seen : db()));
    });
    api.on("GET", "/apis/apps/v1/namespaces/shop/controllerrevisions/db-r1", found(controllerRevision(1)));
    api.on("PATCH", STATEFUL_SET, found({}));
    api.on("GET", `${SHOP}/pods/db-2`, found(dbPod(2, 2, { ready: false })));
    api.on("DELETE", `${SHOP}/pods/db-2`, found({}));
  });

  it("writes nothing, and begins nothing in its claim, where what goes with the pod cannot be kept", async () => {
    lost = new Set(["db-2"]);

    await expect(roll()).rejects.toMatchObject({ name: "EvidenceNotKept" });
    expect(api.writes).toEqual([]);
  });

  it("keeps what goes with the pod once, before its first write", async () => {
    expect(await roll()).toMatchObject({ status: "applied", change: { unblocked: [target("db-2")] } });
    expect(kept).toEqual([{ pod: "db-2", persisted: 0 }]);
  });
});

describe("a restart that could not keep what goes with a further pod", () => {
  beforeEach(() => {
    for (const name of ["a", "b"]) {
      api.on("GET", `${SHOP}/pods/${name}`, found(crashingPod({ name })));
      api.on("POST", `${SHOP}/pods/${name}/eviction`, { status: 201, body: {} });
      api.on("DELETE", `${SHOP}/pods/${name}`, found({}));
    }
    lost = new Set(["b"]);
  });

  it("ends with what it has replaced, and says which pod it left and why", async () => {
    const before: Change = { kind: "restart", mode: "evict", pods: [target("a")] };
    const plan: Plan = { action: "restart", mode: "evict", pods: [target("a"), target("b")] };
    const done = await carryOut(plan, { remedy: remedyResult({ change: before }) });

    expect(done).toMatchObject({
      ...{ status: "applied", change: before },
      stopped_by: { Error: "EvidenceNotKept", Cause: "Pod b was left." },
    });
    expect(done.message).toContain("Pod b was left.");
    expect(done.message).not.toMatch(/PodDisruptionBudget|othing was removed/);
  });

  it("fails where it had not replaced any", async () => {
    const plan: Plan = { action: "restart", mode: "evict", pods: [target("b")] };

    await expect(carryOut(plan)).rejects.toMatchObject({ name: "EvidenceNotKept" });
    expect(api.writes).toEqual([]);
  });
});
