import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { remedyFor } from "../../../functions/remedies/remedies.ts";
import { remedyStep } from "../../../functions/remedies/step.ts";
import type { Diagnosis } from "../../../functions/run/contracts.ts";
import type { Environment } from "../../../functions/run/step.ts";
import type { ObjectMeta } from "../../../functions/shared/kubernetes/types.ts";
import { ApiServer, found } from "../../support/api-server.ts";
import { deployment, hpa, NOW, replicaSet, template } from "../../support/objects.ts";
import { claimOf, claimedRun, diagnosis, remedyResult, serveClaim } from "../../support/runs.ts";
import { unreachableEnvironment } from "../../support/scripted.ts";

const APPS = "/apis/apps/v1/namespaces/shop";
const WEB = `${APPS}/deployments/web`;
const SCALE = `${WEB}/scale`;
const HPA = "/apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers/web";

const rollback = remedyStep(remedyFor("rollback"));
const scale = remedyStep(remedyFor("scale"));
const OPERATOR: ObjectMeta = {
  ownerReferences: [{ apiVersion: "shop.example.com/v1", kind: "Storefront", name: "web", uid: "1", controller: true }],
};
const HELM: ObjectMeta = { annotations: { "meta.helm.sh/release-name": "shop" } };

let api: ApiServer;
let environment: Environment;
beforeEach(async () => {
  api = await ApiServer.start();
  for (const revision of [1, 2]) {
    api.on("GET", `${APPS}/replicasets/web-${revision}`, found(replicaSet(revision)));
  }
  for (const path of [WEB, SCALE, HPA]) api.on("PATCH", path, found({}));
  serveClaim(api, claim);
  environment = {
    ...unreachableEnvironment(new Error("not used")),
    connect: () => Promise.resolve(api.cluster()),
    now: () => NOW,
  };
});
afterEach(() => api.stop());

const run = (remedy: Partial<Diagnosis> = {}) => claimedRun({ diagnosis: diagnosis(remedy), remedy: remedyResult() });
const claim = claimOf(run());
const scaling = (target: "replicas" | "hpa") =>
  run({
    remedy: {
      action: "scale",
      scale:
        target === "replicas"
          ? { target, from: 2, to: 4 }
          : { target, name: "web", from: { min: 2, max: 4 }, to: { min: 2, max: 6 } },
    },
  });

/** The workload as it is when the remedy's turn comes. */
function there(metadata: ObjectMeta): void {
  const own = { name: "web", namespace: "shop", uid: "deploy-uid", generation: 1, resourceVersion: "7", ...metadata };
  api.on("GET", WEB, found(deployment({ template: template("shop/web:2"), metadata: own })));
  api.on("GET", SCALE, found({ metadata: { resourceVersion: "7" }, spec: { replicas: 2 } }));
}

const patches = () => api.writes.filter(({ method, path }) => method === "PATCH" && !path.includes("/events"));

describe("an object that has got an owner since it was diagnosed", () => {
  it.each([
    ["rolled back", () => rollback(environment)({ run: run() })],
    ["scaled", () => scale(environment)({ run: scaling("replicas") })],
  ])("is not %s", async (_what, step) => {
    there(OPERATOR);

    await expect(step()).rejects.toMatchObject({
      name: "ObjectChanged",
      message: expect.stringContaining("since it was diagnosed, it belongs to Storefront web") as string,
    });
    expect(patches()).toEqual([]);
  });

  it("keeps its bounds where it is an HPA", async () => {
    there({});
    api.on("GET", HPA, found(hpa({ min: 2, max: 4, metadata: { name: "web", ...OPERATOR } })));

    await expect(scale(environment)({ run: scaling("hpa") })).rejects.toMatchObject({ name: "ObjectChanged" });
    expect(patches()).toEqual([]);
  });

  it("is rolled back where the owner is the one whose own state that brings back", async () => {
    there(HELM);

    await expect(rollback(environment)({ run: run({ owner: "Helm" }) })).resolves.toMatchObject({ status: "applied" });
    await expect(rollback(environment)({ run: run({ owner: "Flux" }) })).rejects.toMatchObject({
      name: "ObjectChanged",
    });
  });
});
