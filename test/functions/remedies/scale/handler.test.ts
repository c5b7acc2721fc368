import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { remedyFor } from "../../../../functions/remedies/remedies.ts";
import { remedyStep } from "../../../../functions/remedies/step.ts";
import type { Environment } from "../../../../functions/run/step.ts";
import { ApiServer, found } from "../../../support/api-server.ts";
import { deployment, NOW } from "../../../support/objects.ts";
import { begunClaimOf, claimOf, claimedRun, diagnosis, remedyResult, serveClaim } from "../../../support/runs.ts";
import { unreachableEnvironment } from "../../../support/scripted.ts";

const SCALE = "/apis/apps/v1/namespaces/shop/deployments/web/scale";
const EVENTS = "/api/v1/namespaces/shop/events";

const scaleWorkload = remedyStep(remedyFor("scale"));

let api: ApiServer;
let environment: Environment;
beforeEach(async () => {
  api = await ApiServer.start();
  api.on("PATCH", SCALE, found({}));
  api.on("GET", "/apis/apps/v1/namespaces/shop/deployments/web", found(deployment()));
  api.on("POST", EVENTS, { status: 201, body: {} });
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
    remedy: { action: "scale", scale: { target: "replicas", from: 2, to: 4 } },
    workload_uid: "web-uid",
  }),
});
const scaled = {
  ...run,
  remedy: remedyResult({ change: { kind: "scale", scale: { target: "replicas", from: 2, to: 4 } } }),
};
const claim = claimOf(run);

function scaledTo(replicas: number): void {
  api.on("GET", SCALE, found({ metadata: { resourceVersion: "7" }, spec: { replicas } }));
}

const events = () => api.writes.filter(({ path }) => path === EVENTS);

describe("the scale step", () => {
  it("shows on the workload that it scaled", async () => {
    scaledTo(2);
    await scaleWorkload(environment)({ operation: "apply", run });

    expect(events()).toMatchObject([{ body: { reason: "RemediationScaled" } }]);
  });

  it("shows on the workload that it undid that", async () => {
    scaledTo(4);
    await scaleWorkload(environment)({ operation: "undo", run: scaled });

    expect(events()).toMatchObject([{ body: { reason: "RemediationUndone" } }]);
  });

  it("shows no undo where somebody else's change stands", async () => {
    scaledTo(9);

    expect(await scaleWorkload(environment)({ operation: "undo", run: scaled })).toMatchObject({ status: "overtaken" });
    expect(events()).toEqual([]);
  });

  it("leaves a size alone that somebody else has chosen as well, and takes it for its own work when tried again", async () => {
    scaledTo(4);

    expect(await scaleWorkload(environment)({ operation: "apply", attempt: 0, run })).toMatchObject({
      status: "refused",
      refusal: "AlreadyAsRequested",
    });
    api.on("GET", claim.path, found(begunClaimOf(run)));
    expect(await scaleWorkload(environment)({ operation: "apply", attempt: 1, run })).toMatchObject({
      status: "applied",
    });
  });

  it("writes nothing in a namespace that was opted out since the diagnosis", async () => {
    scaledTo(2);
    const annotations = { "eks-remediation/enabled": "false" };
    api.on("GET", "/api/v1/namespaces/shop", found({ metadata: { name: "shop", annotations } }));

    await expect(scaleWorkload(environment)({ operation: "apply", run })).rejects.toMatchObject({ name: "OptedOut" });
    expect(api.writes).toMatchObject([{ path: claim.path }, { path: claim.path }]);
  });
});
