import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { reversed, scale } from "../../../../functions/remedies/scale/carry-out.ts";
import type { Scaling } from "../../../../functions/remedies/scale/contract.ts";
import { ApiServer, found, refusal, UNAPPLIED_PATCH, type Answer } from "../../../support/api-server.ts";
import { deployment, hpa, WEB } from "../../../support/objects.ts";
import { writerFor } from "../../../support/writers.ts";

const HPA = "/apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers/web";
const SCALE = "/apis/apps/v1/namespaces/shop/deployments/web/scale";

/** An HPA with these bounds at a resourceVersion. */
const bounds = (min: number, max: number, resourceVersion = "7") =>
  found(hpa({ min, max, metadata: { resourceVersion } }));
/** A Deployment's scale subresource. */
const replicas = (number: number, resourceVersion = "7") =>
  found({ metadata: { resourceVersion }, spec: { replicas: number } });

interface Target {
  plan: Scaling;
  path: string;
  before: Answer;
  /** Before, at a newer resourceVersion. */
  touched: Answer;
  after: Answer;
  /** What somebody else made of it. */
  changed: Answer;
  operations: object[];
}

const TARGETS: [string, Target][] = [
  [
    "an HPA",
    {
      plan: { target: "hpa", name: "web", from: { min: 2, max: 4 }, to: { min: 3, max: 6 } },
      path: HPA,
      before: bounds(2, 4),
      touched: bounds(2, 4, "8"),
      after: bounds(3, 6),
      changed: bounds(2, 9),
      operations: [
        { op: "add", path: "/spec/minReplicas", value: 3 },
        { op: "add", path: "/spec/maxReplicas", value: 6 },
      ],
    },
  ],
  [
    "a Deployment",
    {
      plan: { target: "replicas", from: 2, to: 5 },
      path: SCALE,
      before: replicas(2),
      touched: replicas(2, "8"),
      after: replicas(5),
      changed: replicas(9),
      operations: [{ op: "add", path: "/spec/replicas", value: 5 }],
    },
  ],
];

let api: ApiServer;
beforeEach(async () => {
  api = await ApiServer.start();
  api.on("GET", "/apis/apps/v1/namespaces/shop/deployments/web", found(deployment()));
});
afterEach(() => api.stop());

const writer = (scaling: Scaling, dryRun = false) =>
  writerFor(api.cluster(), WEB, { action: "scale", scale: scaling }, dryRun);

describe.each(TARGETS)("scaling %s", (_what, { plan, path, before, touched, after, changed, operations }) => {
  const run = (dryRun = false) => scale(writer(plan, dryRun), plan);
  const guarded = (resourceVersion: string) => [
    { op: "test", path: "/metadata/resourceVersion", value: resourceVersion },
    ...operations,
  ];

  it("moves it from what was found to what is wanted, if nothing changed since", async () => {
    api.on("GET", path, before).on("PATCH", path, found({}));
    await run();

    expect(api.writes).toMatchObject([
      { path, query: {}, contentType: "application/json-patch+json", body: guarded("7") },
    ]);
  });

  it("in a dry run lets the server try it, and persists nothing", async () => {
    api.on("GET", path, before).on("PATCH", path, found({}));
    await run(true);

    expect(api.writes.map(({ query }) => query)).toEqual([{ dryRun: "All" }]);
  });

  it("does nothing when it is there already", async () => {
    api.on("GET", path, after);
    await run();

    expect(api.writes).toEqual([]);
  });

  it("leaves it as it is when somebody else moved it, without trying again", async () => {
    api.on("GET", path, changed);

    await expect(run()).rejects.toMatchObject({
      name: "ObjectChanged",
      message: expect.stringContaining("9 replicas") as string,
    });
    expect(api.requests).toHaveLength(1);
  });

  it.each([
    ["a failed precondition", UNAPPLIED_PATCH],
    ["a conflict in the store", refusal(409, "the object has been modified")],
  ])("looks again after %s, when only its status moved on", async (_how, raced) => {
    api.on("GET", path, before, touched).on("PATCH", path, raced, found({}));
    await run();

    expect(api.writes.map(({ body }) => body)).toEqual([guarded("7"), guarded("8")]);
  });

  it("does not overwrite what somebody else made of it while it looked again", async () => {
    api.on("GET", path, before, changed).on("PATCH", path, UNAPPLIED_PATCH);

    await expect(run()).rejects.toMatchObject({ name: "ObjectChanged" });
    expect(api.writes).toHaveLength(1);
  });

  it("gives up when it never holds still", async () => {
    api.on("GET", path, before).on("PATCH", path, UNAPPLIED_PATCH);

    await expect(run()).rejects.toMatchObject({ name: "ObjectChanged" });
    expect(api.writes).toHaveLength(6);
  });

  it("ends as an object that changed when it is gone", async () => {
    await expect(run()).rejects.toMatchObject({
      name: "ObjectChanged",
      message: expect.stringContaining("does not exist any more") as string,
    });
  });

  it.each([
    [403, "Forbidden"],
    [422, "WriteRefused"],
    [503, "ClusterUnavailable"],
  ])("ends with the API server's refusal %i as the error %s, after one try", async (status, name) => {
    api.on("GET", path, before).on("PATCH", path, refusal(status, "spec.maxReplicas: Invalid value"));

    await expect(run()).rejects.toMatchObject({ name });
    expect(api.writes).toHaveLength(1);
  });

  it("is taken back by the reversed plan", async () => {
    api.on("GET", path, after).on("PATCH", path, found({}));
    await scale(writer(plan), reversed(plan));
    api.on("GET", path, before);
    await scale(writer(plan), reversed(plan));

    expect(api.writes).toHaveLength(1);
  });
});

describe("scaling an HPA without a minimum", () => {
  it("takes the API's default of 1 for what was found, and writes the new one", async () => {
    const plan: Scaling = { target: "hpa", name: "web", from: { min: 1, max: 4 }, to: { min: 1, max: 6 } };
    const spec = { maxReplicas: 4, scaleTargetRef: { kind: "Deployment", name: "web" } };
    api.on("GET", HPA, found({ metadata: { resourceVersion: "7" }, spec })).on("PATCH", HPA, found({}));
    await scale(writer(plan), plan);

    expect(api.writes[0]?.body).toContainEqual({ op: "add", path: "/spec/minReplicas", value: 1 });
  });
});

describe("an HPA that was made anew under its name for another workload", () => {
  it("is left as it is, though its bounds are the same", async () => {
    const plan: Scaling = { target: "hpa", name: "web", from: { min: 2, max: 4 }, to: { min: 3, max: 6 } };
    const other = hpa({ min: 2, max: 4, metadata: { resourceVersion: "9" } });
    other.spec.scaleTargetRef = { kind: "Deployment", name: "api" };
    api.on("GET", HPA, found(other));

    await expect(scale(writer(plan), plan)).rejects.toMatchObject({
      name: "ObjectChanged",
      message: "It was left as it is: HPA shop/web does not scale Deployment shop/web any more.",
    });
    expect(api.writes).toEqual([]);
  });
});
