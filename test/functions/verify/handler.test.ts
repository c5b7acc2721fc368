import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { WorkloadRun } from "../../../functions/run/contracts.ts";
import type { Environment } from "../../../functions/run/step.ts";
import { verifyWorkload } from "../../../functions/verify/handler.ts";
import { ApiServer, found, page } from "../../support/api-server.ts";
import { deployment, NOW, policy, template } from "../../support/objects.ts";
import { appliedRun, begunClaimOf, claimedRun, claimOf, diagnosis, serveClaim } from "../../support/runs.ts";
import { unreachableEnvironment } from "../../support/scripted.ts";

const SHOP = "/apis/apps/v1/namespaces/shop";
const WEB = `${SHOP}/deployments/web`;
const HPAS = "/apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers";
const ROLLED_BACK = appliedRun();

let api: ApiServer;
let now: Date;
beforeEach(async () => {
  api = await ApiServer.start();
  api.on("GET", WEB, found(deployment({ replicas: 1, template: template("shop/web:1") })));
  for (const path of [`${SHOP}/replicasets`, "/api/v1/namespaces/shop/pods", HPAS]) api.on("GET", path, page([]));
  serveClaim(api, { ...claimOf(ROLLED_BACK), lease: begunClaimOf(ROLLED_BACK) });
  now = NOW;
});
afterEach(() => api.stop());

async function look(operation: "remedy" | "look" | "undo", run: WorkloadRun, redrive = 0) {
  const environment: Environment = {
    ...unreachableEnvironment(new Error("not used")),
    connect: () => Promise.resolve(api.cluster()),
    policy: () => policy(),
    now: () => now,
  };
  return await verifyWorkload(environment)({ operation, redrive, run });
}

const asked = (path: string) => api.requests.filter((request) => request.path === path).length;

describe("a look at a workload", () => {
  it("judges the remedy, what its failed step did, or its undo, as it is asked", async () => {
    const failed = claimedRun({ diagnosis: diagnosis(), remedy_error: { Error: "Forbidden", Cause: "" } });

    expect(await look("remedy", ROLLED_BACK)).toMatchObject({
      verdict: "settling",
      reasons: ["0 of 1 pods are ready and stay"],
    });
    expect(await look("look", failed)).toMatchObject({ status: "applied", change: { kind: "rollback" } });
    expect(await look("undo", ROLLED_BACK)).toMatchObject({ verdict: "not_undone" });
    expect(api.writes).toEqual([]);
  });

  it("goes on when the claim has ended, save where what it finds may be another's work", async () => {
    now = new Date("2026-06-01T12:31:00Z");

    expect(await look("remedy", ROLLED_BACK)).toMatchObject({ verdict: "not_recovered" });
    expect(await look("undo", ROLLED_BACK)).toMatchObject({ verdict: "not_undone" });
    await expect(look("look", ROLLED_BACK)).rejects.toMatchObject({ name: "ClaimExpired" });
  });

  it("looks at an undo as it is, however often the execution was redriven", async () => {
    expect(await look("undo", ROLLED_BACK, 1)).toMatchObject({ verdict: "not_undone" });
    await expect(look("remedy", ROLLED_BACK, 1)).rejects.toMatchObject({ name: "ExecutionRedriven" });
  });

  it("does not look for an HPA again where the look before found none", async () => {
    const before = { digest: "d", well_since: null, controllers: [], hpa: null };
    const known = { ...ROLLED_BACK, diagnosis: diagnosis({ known: { hpa: null } }) };
    const verification = { verdict: "settling", reasons: [], wait_seconds: 1, observation: before } as const;

    await look("remedy", ROLLED_BACK);
    expect(asked(HPAS)).toBe(1);
    await look("remedy", known);
    await look("remedy", { ...ROLLED_BACK, verification: { ...verification, reasons: ["it settles"] } });
    expect(asked(HPAS)).toBe(1);
  });

  it("refuses a workload of a kind that is never remedied, as there is nothing to verify", async () => {
    const workload = { kind: "Pod", namespace: "shop", name: "web" };
    const run = claimedRun({ incident: { ...ROLLED_BACK.incident, workload } });

    await expect(look("remedy", run)).rejects.toThrow(
      "Pod shop/web is of a kind that is never remedied, so there is nothing to verify.",
    );
    await expect(look("remedy", run)).rejects.toMatchObject({ name: "InvalidStepInput" });
  });
});
