import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { back, carryOut } from "../../../../functions/remedies/keda-scale/carry-out.ts";
import type { KedaScalePlan } from "../../../../functions/remedies/keda-scale/contract.ts";
import type { ScaledObject } from "../../../../functions/facts/scaled-object.ts";
import { readScaledObjects } from "../../../../functions/facts/scaled-object.ts";
import { ApiServer, found, page, refusal } from "../../../support/api-server.ts";
import { deployment, hpa, WEB } from "../../../support/objects.ts";
import { OF_KEDA, scaledObject, withCounts } from "../../../support/scaled-objects.ts";
import { writerFor } from "../../../support/writers.ts";

const ALL = "/apis/keda.sh/v1alpha1/namespaces/shop/scaledobjects";
const OBJECT = `${ALL}/web`;
const FIRST = { mayBeOwn: () => Promise.resolve(false), requested: false };
const AGAIN = { mayBeOwn: () => Promise.resolve(true), requested: false };

/** Raises the maximum that is not written there, and gives it a minimum. */
const plan: KedaScalePlan = {
  action: "keda-scale",
  scale: { target: "hpa", name: "web", from: { min: 1, max: 100 }, to: { min: 3, max: 150 } },
  scaled_object: { name: "web", uid: "keda-uid", from: { min: 0, max: null }, to: { min: 3, max: 150 } },
};
const { action: kind, ...moved } = plan;
const change = { kind, ...moved };

let api: ApiServer;
beforeEach(async () => {
  api = await ApiServer.start();
  api.on("GET", "/api/v1/namespaces/shop", found({}));
  api.on("GET", "/apis/apps/v1/namespaces/shop/deployments/web", found(deployment()));
  api.on("PATCH", OBJECT, found({}));
});
afterEach(() => api.stop());

const writer = () => writerFor(api.cluster(), WEB, plan);
const patches = () => api.writes.map(({ body }) => body);
/** The ScaledObject with these counts. */
const counts = (min: number | undefined, max: number | undefined, spec: NonNullable<ScaledObject["spec"]> = {}) =>
  withCounts(scaledObject(spec), min, max);

describe("the counts of a ScaledObject", () => {
  it("are moved while it is as it was read", async () => {
    api.on("GET", OBJECT, found(counts(0, undefined)));

    expect(await carryOut(writer(), plan, FIRST)).toEqual({ change });
    expect(patches()).toEqual([
      [
        { op: "test", path: "/metadata/resourceVersion", value: "7" },
        { op: "add", path: "/spec/minReplicaCount", value: 3 },
        { op: "add", path: "/spec/maxReplicaCount", value: 150 },
      ],
    ]);
  });

  it("are put back to exactly what was there, and one that was not written is taken away", async () => {
    api.on("GET", OBJECT, found(counts(3, 150)));
    await back(writer(), change);

    expect(patches()).toEqual([
      [
        { op: "test", path: "/metadata/resourceVersion", value: "7" },
        { op: "add", path: "/spec/minReplicaCount", value: 0 },
        { op: "remove", path: "/spec/maxReplicaCount" },
      ],
    ]);
  });

  it("are this execution's work where it was tried before, and somebody else's where it was not", async () => {
    api.on("GET", OBJECT, found(counts(3, 150)));

    expect(await carryOut(writer(), plan, AGAIN)).toEqual({ change });
    expect(await carryOut(writer(), plan, FIRST)).toMatchObject({ refusal: "AlreadyAsRequested" });
    expect(patches()).toEqual([]);
  });

  it.each<[string, ScaledObject]>([
    ["somebody else has set ScaledObject shop/web to minReplicaCount 0 and maxReplicaCount 9", counts(0, 9)],
    ["somebody else has set ScaledObject shop/web to no minReplicaCount", counts(undefined, undefined)],
    ["does not scale Deployment shop/web any more", counts(0, undefined, { scaleTargetRef: { name: "api" } })],
    [
      "somebody has paused ScaledObject shop/web",
      {
        ...counts(0, undefined),
        metadata: { ...counts(0, undefined).metadata, annotations: { "autoscaling.keda.sh/paused": "true" } },
      },
    ],
    ["deleted, or made anew", { ...counts(0, undefined), metadata: { name: "web", uid: "another" } }],
    [
      "belongs to Argo CD",
      {
        ...counts(0, undefined),
        metadata: { ...counts(0, undefined).metadata, labels: { "argocd.argoproj.io/instance": "shop" } },
      },
    ],
  ])("are left where %s", async (said, object) => {
    api.on("GET", OBJECT, found(object));

    await expect(carryOut(writer(), plan, FIRST)).rejects.toMatchObject({
      name: "ObjectChanged",
      message: expect.stringContaining(said) as string,
    });
    expect(patches()).toEqual([]);
  });

  it("are left where it is gone", async () => {
    api.on("GET", OBJECT, refusal(404, "NotFound"));

    await expect(back(writer(), change)).rejects.toMatchObject({ name: "ObjectChanged" });
  });
});

describe("for a plan is read", () => {
  const names = async (of = hpa({ metadata: OF_KEDA }) as ReturnType<typeof hpa> | undefined) =>
    (await readScaledObjects(api.cluster(), WEB, of)).map(({ ref }) => ref.name);

  it("the ScaledObject that the HPA names", async () => {
    api.on("GET", OBJECT, found(counts(2, 4)));

    expect(await names()).toEqual(["web"]);
  });

  it("nothing where another HPA scales the workload", async () => {
    expect(await names(hpa())).toEqual([]);
    expect(api.requests).toEqual([]);
  });

  it("without an HPA, the one that says that it scales the workload", async () => {
    const other = scaledObject({ scaleTargetRef: { name: "api" } }, { metadata: { name: "api" } });
    api.on("GET", ALL, page([other, counts(2, 4)]));

    expect(await readScaledObjects(api.cluster(), WEB, undefined)).toMatchObject([{ ref: { name: "web" } }]);
  });

  it.each([
    [404, "NotFound"],
    [403, "Forbidden"],
  ] as const)("nothing where the API server answers %d", async (code, reason) => {
    api.on("GET", ALL, refusal(code, reason));
    api.on("GET", OBJECT, refusal(code, reason));

    expect(await names()).toEqual([]);
    expect(await readScaledObjects(api.cluster(), WEB, undefined)).toEqual([]);
  });
});
