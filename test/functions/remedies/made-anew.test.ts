import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { remedyFor } from "../../../functions/remedies/remedies.ts";
import { remedyStep } from "../../../functions/remedies/step.ts";
import type { Diagnosis } from "../../../functions/run/contracts.ts";
import type { Environment } from "../../../functions/run/step.ts";
import { ApiServer, found } from "../../support/api-server.ts";
import { deployment, NOW, replicaSet, template } from "../../support/objects.ts";
import { claimOf, claimedRun, diagnosis, remedyResult, serveClaim } from "../../support/runs.ts";
import { unreachableEnvironment } from "../../support/scripted.ts";

const APPS = "/apis/apps/v1/namespaces/shop";
const WEB = `${APPS}/deployments/web`;
const SCALE = `${WEB}/scale`;

const rollback = remedyStep(remedyFor("rollback"));
const scale = remedyStep(remedyFor("scale"));

let api: ApiServer;
let environment: Environment;
beforeEach(async () => {
  api = await ApiServer.start();
  for (const revision of [1, 2]) {
    api.on("GET", `${APPS}/replicasets/web-${revision}`, found(replicaSet(revision)));
  }
  api.on("PATCH", WEB, found({}));
  api.on("PATCH", SCALE, found({}));
  serveClaim(api, claim);
  environment = {
    ...unreachableEnvironment(new Error("not used")),
    connect: () => Promise.resolve(api.cluster()),
    now: () => NOW,
  };
});
afterEach(() => api.stop());

const run = (remedy: Partial<Diagnosis> = {}) =>
  claimedRun({ diagnosis: diagnosis({ ...remedy, workload_uid: "deploy-uid" }), remedy: remedyResult() });
const claim = claimOf(run());
const scaling = { target: "replicas", from: 2, to: 4 } as const;
const scaled = {
  ...run({ remedy: { action: "scale", scale: scaling } }),
  remedy: remedyResult({ change: { kind: "scale", scale: scaling } }),
};

/** The workload, as it was diagnosed or under another UID. */
function there(uid: string, image: string, replicas: number): void {
  const metadata = { name: "web", namespace: "shop", uid, generation: 1, resourceVersion: "7" };
  api.on("GET", WEB, found(deployment({ template: template(image), metadata })));
  api.on("GET", SCALE, found({ metadata: { uid, resourceVersion: "7" }, spec: { replicas } }));
}

const patches = () => api.writes.filter(({ method, query }) => method === "PATCH" && query["dryRun"] === undefined);

describe("a workload that was deleted and made anew since it was diagnosed", () => {
  it("is not rolled back, and not scaled, though it looks the same", async () => {
    there("another-uid", "shop/web:2", 2);

    for (const step of [() => rollback(environment)({ run: run() }), () => scale(environment)({ run: scaled })]) {
      await expect(step()).rejects.toMatchObject({
        name: "ObjectChanged",
        message: "Deployment shop/web was left as it is: it was deleted and made anew since it was diagnosed.",
      });
    }
    expect(api.writes).toEqual([]);
  });

  it("keeps what its maker gave it: nothing is undone there", async () => {
    there("another-uid", "shop/web:1", 4);

    for (const undo of [
      () => rollback(environment)({ operation: "undo", run: run() }),
      () => scale(environment)({ operation: "undo", run: scaled }),
    ]) {
      expect(await undo()).toMatchObject({ status: "overtaken" });
    }
    expect(api.writes).toEqual([]);
  });

  it("is told from the one that was diagnosed", async () => {
    there("deploy-uid", "shop/web:2", 2);
    await rollback(environment)({ run: run() });
    await scale(environment)({ run: scaled });

    expect(patches().map(({ path }) => path)).toEqual([WEB, SCALE]);
  });
});
