import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { remedyFor } from "../../../../functions/remedies/remedies.ts";
import { remedyStep } from "../../../../functions/remedies/step.ts";
import type { WorkloadRun } from "../../../../functions/run/contracts.ts";
import type { Environment } from "../../../../functions/run/step.ts";
import { ApiServer, found, refusal } from "../../../support/api-server.ts";
import { NOW, policy, template } from "../../../support/objects.ts";
import { begunClaimOf, claimOf, claimedRun, diagnosis, remedyResult, serveClaim } from "../../../support/runs.ts";
import { unreachableEnvironment } from "../../../support/scripted.ts";
import { controllerRevision, DB, db, dbPod, revisionOf } from "../../../support/set-objects.ts";

const STATEFUL_SET = "/apis/apps/v1/namespaces/shop/statefulsets/db";
const REVISIONS = "/apis/apps/v1/namespaces/shop/controllerrevisions";
const POD = "/api/v1/namespaces/shop/pods/db-2";
const TARGET = { name: "db-2", uid: "db-2-uid" };

const rollback = remedyStep(remedyFor("rollback"));

let api: ApiServer;
let environment: Environment;
beforeEach(async () => {
  api = await ApiServer.start();
  for (const revision of [1, 2]) {
    api.on("GET", `${REVISIONS}/db-r${revision}`, found(controllerRevision(revision)));
  }
  api.on("GET", STATEFUL_SET, found(db()), found(db()), found(db({ template: template("shop/web:1") })));
  api.on("PATCH", STATEFUL_SET, found({}));
  api.on("GET", POD, found(dbPod(2, 2, { ready: false })));
  api.on("DELETE", POD, found({}));
  serveClaim(api, claim);
  environment = {
    ...unreachableEnvironment(new Error("not used")),
    connect: () => Promise.resolve(api.cluster()),
    policy: () => policy(),
    now: () => NOW,
  };
});
afterEach(() => api.stop());

const base = claimedRun({
  diagnosis: diagnosis({
    remedy: { action: "rollback", before: revisionOf(2), after: revisionOf(1), unblocked: [TARGET] },
  }),
});
const run: WorkloadRun = { ...base, incident: { ...base.incident, workload: { ...DB } } };
const rolledBack: WorkloadRun = {
  ...run,
  remedy: remedyResult({
    change: { kind: "rollback", before: revisionOf(2), after: revisionOf(1), unblocked: [TARGET] },
  }),
};
const claim = claimOf(run);

describe("the rollback step", () => {
  it("says which pods it deleted to let a StatefulSet move on", async () => {
    expect(await rollback(environment)({ operation: "apply", run })).toMatchObject({
      status: "applied",
      message:
        "Rolled back from revision 2 to the template of revision 1. " +
        "Deleted 1 pod that the StatefulSet waited for in vain (db-2).",
      change: { kind: "rollback", before: revisionOf(2), after: revisionOf(1), unblocked: [TARGET] },
    });
  });

  it("in a dry run says what it would delete", async () => {
    const planned = await rollback(environment)({ operation: "apply", run: { ...run, dry_run: true } });

    expect(planned).toMatchObject({
      status: "planned",
      message: expect.stringContaining("Would delete 1 pod") as string,
    });
    expect(api.writes.map(({ query }) => query)).toEqual([{ dryRun: "All" }, { dryRun: "All" }]);
  });

  it("is undone by putting the newer template back, and no pod is deleted for that", async () => {
    api.on("GET", STATEFUL_SET, found(db({ template: template("shop/web:1") })));

    expect(await rollback(environment)({ operation: "undo", run: rolledBack })).toMatchObject({ status: "applied" });
    expect(api.writes.map(({ method }) => method)).toEqual(["PATCH", "PATCH"]);
    expect(api.writes[1]?.body).toMatchObject([
      { op: "test" },
      { path: "/spec/template", value: template("shop/web:2") },
    ]);
  });

  it("is not undone by an execution whose claim another one has by now, and is when nobody has it", async () => {
    api.on("GET", STATEFUL_SET, found(db({ template: template("shop/web:1") })));
    const taken = { ...claim.lease, spec: { ...claim.lease.spec, holderIdentity: "run-2" } };
    api.on("GET", claim.path, found(taken), refusal(404, "leases not found"));

    await expect(rollback(environment)({ operation: "undo", run: rolledBack })).rejects.toMatchObject({
      name: "ClaimExpired",
      message: expect.stringContaining("run-2 holds the claim by now") as string,
    });
    expect(api.writes).toEqual([]);
    expect(await rollback(environment)({ operation: "undo", run: rolledBack })).toMatchObject({ status: "applied" });
  });

  it("does not take for somebody's what the execution has done that has the claim by now", async () => {
    api.on("GET", STATEFUL_SET, found(db({ template: template("shop/web:1") })));
    api.on("GET", claim.path, found({ ...claim.lease, spec: { ...claim.lease.spec, holderIdentity: "run-2" } }));

    await expect(rollback(environment)({ operation: "apply", run })).rejects.toMatchObject({ name: "ClaimExpired" });
  });

  it("leaves a template alone that somebody else has put back, and takes it for its own work when tried again", async () => {
    api.on("GET", STATEFUL_SET, found(db({ template: template("shop/web:1") })));

    expect(await rollback(environment)({ operation: "apply", attempt: 0, run })).toMatchObject({
      status: "refused",
      refusal: "AlreadyAsRequested",
    });
    api.on("GET", claim.path, found(begunClaimOf(run)));
    expect(await rollback(environment)({ operation: "apply", attempt: 1, run })).toMatchObject({ status: "applied" });
    expect(api.writes.filter(({ method }) => method === "PATCH")).toEqual([]);
  });

  it("writes nothing to a workload that was opted out since its diagnosis, and undoes nothing there", async () => {
    const metadata = { annotations: { "eks-remediation/enabled": "false" } };
    api.on("GET", STATEFUL_SET, found(db({ metadata })));

    await expect(rollback(environment)({ operation: "apply", run })).rejects.toMatchObject({ name: "OptedOut" });
    api.on("GET", STATEFUL_SET, found(db({ metadata, template: template("shop/web:1") })));
    expect(await rollback(environment)({ operation: "undo", run: rolledBack })).toMatchObject({ status: "overtaken" });
    expect(api.writes).toEqual([]);
  });
});
