import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { paths } from "../../../functions/shared/cluster/paths.ts";
import type { Deployment, DisruptionBudget, Pod, ScaleObject } from "../../../functions/shared/kubernetes/types.ts";
import { DISRUPTION_BUDGETS, PODS } from "../../../local/embedded/kinds.ts";
import { served, web, type Served } from "./served.ts";

let api: Served;
beforeEach(async () => {
  api = await served();
});
afterEach(async () => {
  await api.stop();
});

describe("the scale of a workload", () => {
  const scale = paths.deploymentScale("shop", "web");

  beforeEach(async () => {
    await api.cluster.create(paths.deployments("shop"), web({ spec: { replicas: 2 } }));
  });

  it("says how many replicas there are to be, how many there are, and how they are selected", async () => {
    expect(await api.cluster.get<ScaleObject>(scale)).toMatchObject({
      kind: "Scale",
      apiVersion: "autoscaling/v1",
      metadata: { name: "web", namespace: "shop" },
      spec: { replicas: 2 },
      status: { replicas: 0, selector: "app=web" },
    });
  });

  it("leaves a zero out", async () => {
    await api.request("PATCH", scale, { spec: { replicas: 0 } }, "application/merge-patch+json");

    expect((await api.cluster.get<ScaleObject>(scale)).spec).toEqual({});
  });

  it("changes the workload, when what a patch tests holds", async () => {
    const { metadata } = await api.cluster.get<ScaleObject>(scale);
    const version = { op: "test" as const, path: "/metadata/resourceVersion", value: metadata?.resourceVersion };
    await api.cluster.patch(scale, [version, { op: "replace", path: "/spec/replicas", value: 5 }]);

    expect((await api.cluster.get<Deployment>(paths.deployment("shop", "web"))).spec?.replicas).toBe(5);
    const again = api.cluster.patch(scale, [version, { op: "replace", path: "/spec/replicas", value: 6 }]);
    await expect(again).rejects.toMatchObject({ name: "ObjectChanged" });
  });

  it("stays as it is in a dry run", async () => {
    const operation = { op: "replace" as const, path: "/spec/replicas", value: 5 };
    const would = await api.cluster.patch<ScaleObject>(scale, [operation], { dryRun: true });

    expect(would.spec?.replicas).toBe(5);
    expect((await api.cluster.get<ScaleObject>(scale)).spec?.replicas).toBe(2);
  });

  it("is replaced as a whole, unless it is an older one or less than nothing", async () => {
    const current = await api.cluster.get<ScaleObject>(scale);
    await api.cluster.replace(scale, { ...current, spec: { replicas: 3 } });
    expect((await api.cluster.get<ScaleObject>(scale)).spec?.replicas).toBe(3);

    await expect(api.cluster.replace(scale, current)).rejects.toMatchObject({ name: "ObjectChanged" });
    const negative = await api.request("PUT", scale, { metadata: { name: "web" }, spec: { replicas: -1 } });
    expect(negative.body.message).toBe(
      'Scale.autoscaling "web" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0',
    );
  });

  it("is of ReplicaSets and StatefulSets, too", async () => {
    await api.cluster.create(paths.statefulSets("shop"), web());
    await api.cluster.create(paths.replicaSets("shop"), web());

    expect((await api.request("GET", `${paths.statefulSet("shop", "web")}/scale`)).body.kind).toBe("Scale");
    expect((await api.request("GET", `${paths.replicaSet("shop", "web")}/scale`)).body.kind).toBe("Scale");
  });
});

describe("an eviction", () => {
  const eviction = `${paths.pod("shop", "web-1")}/eviction`;
  const body = { apiVersion: "policy/v1", kind: "Eviction", metadata: { name: "web-1", namespace: "shop" } };

  beforeEach(() => {
    const spec = { nodeName: "node-0", containers: [{ name: "app", image: "shop/web:1" }] };
    api.store.create(PODS, { metadata: { name: "web-1", namespace: "shop", labels: { app: "web" } }, spec });
    setPod("Running", "True");
  });

  function setPod(phase: string, ready: string): void {
    const status = { phase, conditions: [{ type: "Ready", status: ready }] };
    api.store.change<Pod>(PODS, { namespace: "shop", name: "web-1" }, (pod) => (pod.status = status), { status: true });
  }

  /** A budget of the pod's, as its controller has counted it. */
  function budget(status: Partial<DisruptionBudget["status"]> & object, name = "web", spec: object = {}): void {
    const metadata = { name, namespace: "shop" };
    api.store.create(DISRUPTION_BUDGETS, {
      metadata,
      spec: { minAvailable: 1, selector: { matchLabels: { app: "web" } }, ...spec },
    });
    const counted = {
      observedGeneration: 1,
      currentHealthy: 1,
      desiredHealthy: 1,
      expectedPods: 1,
      disruptionsAllowed: 0,
    };
    api.store.change<DisruptionBudget>(
      DISRUPTION_BUDGETS,
      metadata,
      (object) => (object.status = { ...counted, ...status }),
      {
        status: true,
      },
    );
  }

  const isLeaving = () => api.store.get(PODS, "shop", "web-1").metadata?.deletionTimestamp !== undefined;
  const uid = () => api.store.get(PODS, "shop", "web-1").metadata?.uid ?? "";

  it("deletes a pod without a budget, and marks it as disrupted", async () => {
    expect(await api.request("POST", eviction, body)).toMatchObject({
      status: 201,
      body: { kind: "Status", status: "Success" },
    });
    expect(isLeaving()).toBe(true);
    expect(api.store.get<Pod>(PODS, "shop", "web-1").status?.conditions).toContainEqual(
      expect.objectContaining({ type: "DisruptionTarget", status: "True", reason: "EvictionByEvictionAPI" }),
    );
  });

  it("takes from a budget that allows it", async () => {
    budget({ disruptionsAllowed: 1, currentHealthy: 2 });
    await api.cluster.evict("shop", "web-1", { uid: uid() });

    expect(isLeaving()).toBe(true);
    expect(api.store.get<DisruptionBudget>(DISRUPTION_BUDGETS, "shop", "web").status).toMatchObject({
      disruptionsAllowed: 0,
      disruptedPods: { "web-1": "2026-06-01T12:00:00Z" },
    });
  });

  it("is refused by an exhausted budget, in the words that the workflow tells from throttling", async () => {
    budget({ disruptionsAllowed: 0 });

    expect(await api.request("POST", eviction, body)).toMatchObject({
      status: 429,
      body: {
        reason: "TooManyRequests",
        message: "Cannot evict pod as it would violate the pod's disruption budget.",
        details: {
          causes: [
            {
              reason: "DisruptionBudget",
              message: "The disruption budget web needs 1 healthy pods and has 1 currently",
            },
          ],
        },
      },
    });
    await expect(api.cluster.evict("shop", "web-1", { uid: uid() })).rejects.toMatchObject({
      name: "DisruptionBudgetExhausted",
    });
    expect(isLeaving()).toBe(false);
  });

  it("is refused with a pause while the budget's controller has not seen the budget", async () => {
    budget({ observedGeneration: 0, disruptionsAllowed: 5 });
    const answer = await api.request("POST", eviction, body);

    expect([answer.status, answer.headers.get("retry-after")]).toEqual([429, "10"]);
  });

  it("is an error 500 with more than one budget, which the workflow takes for what it is", async () => {
    budget({ disruptionsAllowed: 1 });
    budget({ disruptionsAllowed: 1 }, "also");

    expect((await api.request("POST", eviction, body)).status).toBe(500);
    await expect(api.cluster.evict("shop", "web-1", { uid: uid() })).rejects.toMatchObject({
      name: "DisruptionBudgetExhausted",
    });
  });

  it.each([
    ["Pending", {}, {}],
    ["Failed", {}, {}],
    ["Running", {}, { unhealthyPodEvictionPolicy: "AlwaysAllow" }],
  ])("asks no budget for an unready pod that is %s", async (phase, status, spec) => {
    budget({ currentHealthy: 0, ...status }, "web", spec);
    setPod(phase, "False");

    expect((await api.request("POST", eviction, body)).status).toBe(201);
  });

  it("lets an unready pod go when enough others are healthy, and not otherwise", async () => {
    budget({ currentHealthy: 0, desiredHealthy: 1 });
    setPod("Running", "False");
    expect((await api.request("POST", eviction, body)).status).toBe(429);

    const place = { namespace: "shop", name: "web" };
    api.store.change<DisruptionBudget>(
      DISRUPTION_BUDGETS,
      place,
      (object) => (object.status = { ...object.status, currentHealthy: 1 }),
      { status: true },
    );
    expect((await api.request("POST", eviction, body)).status).toBe(201);
  });

  it("changes nothing in a dry run", async () => {
    budget({ disruptionsAllowed: 1 });
    await api.cluster.evict("shop", "web-1", { uid: uid() }, { dryRun: true });

    expect(isLeaving()).toBe(false);
    expect(api.store.get<DisruptionBudget>(DISRUPTION_BUDGETS, "shop", "web").status?.disruptionsAllowed).toBe(1);
  });

  it("of another pod of the same name is ObjectChanged, and takes nothing from the budget", async () => {
    budget({ disruptionsAllowed: 1 });

    await expect(api.cluster.evict("shop", "web-1", { uid: "another" })).rejects.toMatchObject({
      name: "ObjectChanged",
    });
    expect(isLeaving()).toBe(false);
    expect(api.store.get<DisruptionBudget>(DISRUPTION_BUDGETS, "shop", "web").status?.disruptionsAllowed).toBe(1);
  });

  it("of a pod that is gone is NotFound, and one of another name a BadRequest", async () => {
    expect((await api.request("POST", eviction, { ...body, metadata: { name: "web-2" } })).status).toBe(400);
    await expect(api.cluster.evict("shop", "gone", { uid: "x" })).rejects.toMatchObject({ name: "NotFound" });
  });
});
