import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { remedyFor } from "../../../functions/remedies/remedies.ts";
import { remedyStep } from "../../../functions/remedies/step.ts";
import type { Diagnosis } from "../../../functions/run/contracts.ts";
import type { Environment } from "../../../functions/run/step.ts";
import { ApiServer, found, refusal } from "../../support/api-server.ts";
import { deployment, NOW, template } from "../../support/objects.ts";
import { begunClaimOf, claimOf, claimedRun, diagnosis } from "../../support/runs.ts";
import { unreachableEnvironment } from "../../support/scripted.ts";

const WEB = "/apis/apps/v1/namespaces/shop/deployments/web";

let api: ApiServer;
let environment: Environment;
beforeEach(async () => {
  api = await ApiServer.start();
  // As somebody else left it, while the API server failed for the step's first try.
  api.on("GET", WEB, found(deployment({ template: template("shop/web:1") })));
  api.on("GET", `${WEB}/scale`, found({ metadata: { resourceVersion: "7" }, spec: { replicas: 4 } }));
  environment = {
    ...unreachableEnvironment(new Error("not used")),
    connect: () => Promise.resolve(api.cluster()),
    now: () => NOW,
  };
});
afterEach(() => api.stop());

const PLANS: [string, Diagnosis["remedy"]][] = [
  ["rollback", diagnosis().remedy],
  ["scale", { action: "scale", scale: { target: "replicas", from: 2, to: 4 } }],
  ["restart", { action: "restart", mode: "evict", pods: [{ name: "a", uid: "a-uid" }] }],
];
const runOf = (remedy: Diagnosis["remedy"], dry_run = false) =>
  claimedRun({ diagnosis: diagnosis({ remedy }), dry_run });

/** The second try of a step. */
const again = (run: ReturnType<typeof runOf>) => {
  const action = run.diagnosis?.remedy.action ?? "none";
  if (action === "none") throw new Error("There is no remedy.");
  return remedyStep(remedyFor(action))(environment)({ attempt: 1, run });
};

describe("a remedy's step that is tried again and finds everything done", () => {
  it.each(PLANS)("does not take it for its own work when its claim says that no %s was begun", async (_name, plan) => {
    const run = runOf(plan);
    api.on("GET", claimOf(run).path, found(claimOf(run).lease));

    expect(await again(run)).toMatchObject({ status: "refused" });
    expect(api.writes).toEqual([]);
  });

  it.each(PLANS)("takes it for its own work when its claim says that the %s was begun", async (_name, plan) => {
    const run = runOf(plan);
    api.on("GET", claimOf(run).path, found(begunClaimOf(run)));

    expect(await again(run)).toMatchObject({ status: "applied" });
    expect(api.writes).toEqual([]);
  });

  it("takes it for its own work when somebody has deleted the claim, so that it is verified", async () => {
    const run = runOf(diagnosis().remedy);
    api.on("GET", claimOf(run).path, refusal(404, "leases not found"));

    expect(await again(run)).toMatchObject({ status: "applied" });
  });

  it.each(PLANS)("never takes it for its own work in a dry run of a %s", async (_name, plan) => {
    expect(await again(runOf(plan, true))).toMatchObject({ status: "refused" });
  });
});
