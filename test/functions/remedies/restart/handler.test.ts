import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { remedyFor } from "../../../../functions/remedies/remedies.ts";
import { remedyStep } from "../../../../functions/remedies/step.ts";
import type { Environment } from "../../../../functions/run/step.ts";
import { ApiServer, found, refusal } from "../../../support/api-server.ts";
import { crashingPod, NOW } from "../../../support/objects.ts";
import { begunClaimOf, claimOf, claimedRun, diagnosis, serveClaim } from "../../../support/runs.ts";
import { unreachableEnvironment } from "../../../support/scripted.ts";

const SHOP = "/api/v1/namespaces/shop";

const restartPods = remedyStep(remedyFor("restart"));

let api: ApiServer;
let environment: Environment;
beforeEach(async () => {
  api = await ApiServer.start();
  api.on("GET", `${SHOP}/pods/a`, found(crashingPod({ name: "a" })));
  api.on("POST", `${SHOP}/pods/a/eviction`, { status: 201, body: {} });
  serveClaim(api, claim);
  environment = {
    ...unreachableEnvironment(new Error("not used")),
    connect: () => Promise.resolve(api.cluster()),
    now: () => NOW,
  };
});
afterEach(() => api.stop());

const run = claimedRun({
  diagnosis: diagnosis({
    remedy: { action: "restart", mode: "evict", pods: [{ name: "a", uid: "a-uid" }] },
    workload_uid: "web-uid",
  }),
});
const claim = claimOf(run);

describe("the restart step", () => {
  it("shows on the workload which pods it evicted, after it did", async () => {
    api.on("POST", `${SHOP}/events`, { status: 201, body: {} });
    await restartPods(environment)({ run });

    expect(api.writes).toMatchObject([
      { path: claim.path },
      { path: claim.path },
      { path: `${SHOP}/pods/a/eviction` },
      {
        path: `${SHOP}/events`,
        body: {
          reason: "RemediationRestarted",
          involvedObject: { kind: "Deployment", name: "web", uid: "web-uid" },
          message: expect.stringContaining("Evicted 1 pod (a).") as string,
        },
      },
    ]);
  });

  it("has restarted all the same when that is refused", async () => {
    api.on("POST", `${SHOP}/events`, refusal(403, "events is forbidden"));

    expect(await restartPods(environment)({ run })).toMatchObject({
      status: "applied",
      change: { kind: "restart", pods: [{ name: "a" }] },
    });
  });

  it("shows nothing of a restart that a dry run only planned", async () => {
    expect(await restartPods(environment)({ run: { ...run, dry_run: true } })).toMatchObject({ status: "planned" });
    expect(api.writes).toMatchObject([{ path: `${SHOP}/pods/a/eviction`, query: { dryRun: "All" } }]);
  });

  it("is refused when the pods had gone already, and says so", async () => {
    api.on("GET", `${SHOP}/pods/a`, refusal(404, "pods not found"));

    expect(await restartPods(environment)({ attempt: 0, run })).toMatchObject({
      status: "refused",
      refusal: "NotFailingAnymore",
      message: "1 pod of those to be replaced had gone already; nothing was done.",
    });
    api.on("GET", claim.path, found(begunClaimOf(run)));
    expect(await restartPods(environment)({ attempt: 1, run })).toMatchObject({ status: "applied" });
  });

  it("is refused when somebody took the pod out of its workload meanwhile, and says so", async () => {
    const { metadata, ...rest } = crashingPod({ name: "a" });
    const { ownerReferences: _none, ...taken } = metadata ?? {};
    api.on("GET", `${SHOP}/pods/a`, found({ ...rest, metadata: taken }));

    expect(await restartPods(environment)({ run })).toMatchObject({
      status: "refused",
      refusal: "NotFailingAnymore",
      message: "Somebody has taken 1 pod of those to be replaced out of the workload; nothing was done.",
    });
  });

  it("names the pod that has opted out since the diagnosis, not the workload", async () => {
    const { metadata, ...rest } = crashingPod({ name: "a" });
    const annotations = { "eks-remediation/enabled": "false" };
    api.on("GET", `${SHOP}/pods/a`, found({ ...rest, metadata: { ...metadata, annotations } }));

    await expect(restartPods(environment)({ run })).rejects.toMatchObject({
      name: "OptedOut",
      message: expect.stringContaining("Pod shop/a was left as it is") as string,
    });
  });

  it("evicts nothing of a workload that was opted out since its diagnosis", async () => {
    const annotations = { "eks-remediation/enabled": "false" };
    api.on("GET", "/apis/apps/v1/namespaces/shop/deployments/web", found({ metadata: { name: "web", annotations } }));

    await expect(restartPods(environment)({ run })).rejects.toMatchObject({ name: "OptedOut" });
    expect(api.writes).toMatchObject([{ path: claim.path }, { path: claim.path }]);
  });
});
