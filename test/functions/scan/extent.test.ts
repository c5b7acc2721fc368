import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Pod } from "../../../functions/shared/kubernetes/types.ts";
import { ApiServer } from "../../support/api-server.ts";
import { ago, crashingPod, hpa, pod, policy } from "../../support/objects.ts";
import { FORBIDDEN, scanned } from "../../support/scans.ts";
import { NO_TABLES, serve, type Objects } from "../../support/served-cluster.ts";
import { controlledBy, deploymentWith, node, statefulSet, statusWritten } from "../../support/workload-objects.ts";

let api: ApiServer;
beforeEach(async () => {
  api = await ApiServer.start();
});
afterEach(() => api.stop());

const NUMBERS = Array.from({ length: 14 }, (_, index) => index);

/** StatefulSets that are whole, or lack all of their replicas. */
const sets = (numbers: readonly number[], ready: number, namespace = "shop") =>
  numbers.map((number) => statefulSet(ready, { ...statusWritten(600), namespace, name: `db-${number}` }));

const idle = (name: string) => deploymentWith({ name, replicas: 0 });

/** A pod of a Deployment that crashes, of the revision that is named. */
function crashing(workload: string, revision = `${workload}-2`, namespace = "shop"): Pod {
  const made = crashingPod({ name: `${revision}-x` });
  return { ...made, metadata: { ...made.metadata, ...controlledBy("ReplicaSet", revision), namespace } };
}

/** Deployments whose newest revision is past its deadline while the one before it serves, and the ReplicaSet of that. */
function brokenReleases(numbers: readonly number[], ready: number): Objects {
  const conditions = [{ type: "Progressing", status: "False", reason: "ProgressDeadlineExceeded" }];
  return {
    deployments: numbers.map((number) => deploymentWith({ name: `web-${number}`, ready, updated: 1, conditions })),
    replicaSets: numbers.map((number) => ({
      metadata: { namespace: "shop", name: `web-${number}-2`, ...controlledBy("Deployment", `web-${number}`) },
      status: { replicas: 1 },
    })),
    pods: numbers.map((number) => crashing(`web-${number}`)),
  };
}

const evicted = (number: number): Pod => {
  const record = pod({ name: `old-${number}`, status: { phase: "Failed", reason: "Evicted", containerStatuses: [] } });
  return { ...record, metadata: { ...record.metadata, ...controlledBy("StatefulSet", `db-${number}`) } };
};

const bare = (number: number): Pod => {
  const made = crashingPod({ name: `bare-${number}` });
  return { ...made, metadata: { ...made.metadata, ownerReferences: [] } };
};

describe("what counts for a storm", () => {
  it("is a workload that wants pods: those at zero replicas hide none", async () => {
    serve(api, {
      statefulSets: sets(NUMBERS, 0),
      deployments: Array.from({ length: 60 }, (_, n) => idle(`idle-${n}`)),
    });

    expect(await scanned(api)).toMatchObject({
      status: "storm",
      storm: expect.stringContaining("14 of 14 workloads fail at once") as string,
    });
  });

  it("is counted alike where the server prints no rows", async () => {
    serve(api, { statefulSets: sets(NUMBERS, 0), deployments: [idle("idle")] }, NO_TABLES);

    expect(await scanned(api)).toMatchObject({
      storm: expect.stringContaining("14 of 14 workloads fail at once") as string,
    });
  });

  it("is all that is left alone where the rest could not be counted, which is said", async () => {
    serve(api, { statefulSets: sets(NUMBERS, 0), deployments: [deploymentWith({})] });
    api.on("GET", "/apis/apps/v1/namespaces/shop/deployments", FORBIDDEN);

    const detection = await scanned(api);

    expect(detection).toMatchObject({
      status: "storm",
      storm: expect.stringContaining(
        "14 workloads in namespace shop fail at once. How many workloads there are in 1 namespace could not be counted",
      ) as string,
      unseen: [{ what: "the number of Deployments in namespace shop", error: "Forbidden" }],
    });
  });

  it("is nothing that is left alone where what could be counted is well for the most part", async () => {
    serve(api, {
      statefulSets: [
        ...sets(NUMBERS, 0),
        ...sets(
          NUMBERS.map((n) => n + 100),
          2,
        ),
        ...sets(
          NUMBERS.map((n) => n + 200),
          2,
        ),
        ...sets(
          NUMBERS.map((n) => n + 300),
          2,
        ),
      ],
    });
    api.on("GET", "/apis/apps/v1/namespaces/shop/deployments", FORBIDDEN);

    expect(await scanned(api)).toMatchObject({ status: "failing" });
  });

  it.each<[string, Objects]>([
    ["pods without a controller", { pods: NUMBERS.map((number) => bare(number)) }],
    [
      "HPAs that point at nothing",
      {
        hpas: NUMBERS.map((number) => {
          const { spec, ...rest } = hpa({ limited: "TooManyReplicas", metadata: { name: `hpa-${number}` } });
          return { ...rest, spec: { ...spec, scaleTargetRef: { ...spec.scaleTargetRef, name: `gone-${number}` } } };
        }),
      },
    ],
    [
      "workloads at zero whose last rollout failed",
      {
        deployments: NUMBERS.map((number) =>
          deploymentWith({
            name: `web-${number}`,
            replicas: 0,
            updated: 1,
            conditions: [{ type: "Progressing", status: "False", reason: "ProgressDeadlineExceeded" }],
          }),
        ),
      },
    ],
    [
      "ReplicaSets of nobody, which are not counted",
      {
        pods: NUMBERS.map((number) => {
          const made = crashingPod({ name: `bare-${number}` });
          return { ...made, metadata: { ...made.metadata, ...controlledBy("ReplicaSet", `rs-${number}`) } };
        }),
        replicaSets: NUMBERS.map((number) => ({ metadata: { namespace: "shop", name: `rs-${number}` } })),
      },
    ],
    ["records of pods that were evicted", { pods: NUMBERS.map(evicted), statefulSets: sets(NUMBERS, 2) }],
    ["rollouts that failed while the earlier revision serves", brokenReleases(NUMBERS, 2)],
  ])("are not %s", async (_what, objects) => {
    serve(api, objects);
    const { status, incidents, storm } = await scanned(api);

    expect(incidents).toHaveLength(NUMBERS.length);
    expect({ status, storm }).toEqual({ status: "failing", storm: undefined });
  });

  it("are rollouts that failed and left nothing that serves, or while pods of other revisions fail, too", async () => {
    serve(api, brokenReleases(NUMBERS, 0));
    expect(await scanned(api)).toMatchObject({ status: "storm" });

    const broken = brokenReleases(NUMBERS, 1);
    const old = NUMBERS.map((number) => crashing(`web-${number}`, `web-${number}-1`));
    const replicaSets = NUMBERS.map((number) => ({
      metadata: { namespace: "shop", name: `web-${number}-1`, ...controlledBy("Deployment", `web-${number}`) },
    }));
    serve(api, {
      ...broken,
      pods: [...(broken.pods ?? []), ...old],
      replicaSets: [...(broken.replicaSets ?? []), ...replicaSets],
    });
    expect(await scanned(api)).toMatchObject({ status: "storm" });
  });
});

describe("what keeps the remedies away", () => {
  const keptOut = { "eks-remediation/enabled": "false" };
  const letIn = { "eks-remediation/enabled": "true" };
  const marked = (numbers: readonly number[], ready: number, annotations: Record<string, string>) =>
    numbers.map((number) =>
      statefulSet(ready, { ...statusWritten(600), namespace: "shop", name: `db-${number}`, annotations }),
    );

  it("counts neither as failing nor as well where a namespace carries it", async () => {
    serve(api, {
      namespaces: ["shop", "away"],
      annotations: { away: keptOut },
      statefulSets: [...sets(NUMBERS, 0), ...sets(NUMBERS, 0, "away")],
    });

    expect(await scanned(api)).toMatchObject({
      storm: expect.stringContaining("14 of 14 workloads fail at once") as string,
      storm_namespace: "shop",
    });
    serve(api, { annotations: { shop: keptOut }, statefulSets: sets(NUMBERS, 0) });
    expect(await scanned(api)).not.toHaveProperty("storm");
  });

  it("counts neither as failing nor as well where a workload carries it", async () => {
    serve(api, { statefulSets: [...marked([1, 2, 3, 4, 5], 0, keptOut), ...sets(NUMBERS.slice(5), 0)] });
    expect(await scanned(api)).not.toHaveProperty("storm");

    serve(api, {
      statefulSets: [
        ...marked(
          Array.from({ length: 40 }, (_, n) => n + 100),
          0,
          keptOut,
        ),
        ...sets(NUMBERS, 0),
      ],
    });
    expect(await scanned(api)).toMatchObject({
      storm: expect.stringContaining("14 of 14 workloads fail at once") as string,
    });
  });

  it("is every workload that does not carry the opposite, where the policy asks for opt-in", async () => {
    const optIn = { policy: policy({ opt_in: true }) };
    serve(api, { statefulSets: sets(NUMBERS, 0) });
    expect(await scanned(api, optIn)).not.toHaveProperty("storm");

    serve(api, { statefulSets: [...marked(NUMBERS, 0, letIn), ...sets([20, 21], 2), ...marked([22, 23], 2, letIn)] });
    expect(await scanned(api, optIn)).toMatchObject({
      storm: expect.stringContaining("14 of 16 workloads fail at once") as string,
    });
    serve(api, { annotations: { shop: letIn }, statefulSets: [...sets(NUMBERS, 0), ...sets([20, 21], 2)] });
    expect(await scanned(api, optIn)).toMatchObject({
      storm: expect.stringContaining("14 of 16 workloads fail at once") as string,
    });
  });
});

describe("a storm of one namespace", () => {
  it("leaves the workloads of the others to be looked after", async () => {
    serve(api, {
      namespaces: ["evil", "shop"],
      statefulSets: [...sets(NUMBERS, 0, "evil"), ...sets([0], 0), ...sets([1, 2, 3, 4], 2)],
    });
    const detection = await scanned(api);

    expect(detection).toMatchObject({
      status: "failing",
      incidents: [{ workload: { namespace: "shop", name: "db-0" } }],
      omitted: 0,
      storm_namespace: "evil",
      storm: expect.stringContaining("14 of 14 workloads in namespace evil fail at once") as string,
    });
    expect(detection.in_storm?.incidents).toHaveLength(14);
  });

  it("hides nothing that is reported of the others", async () => {
    serve(api, {
      namespaces: ["evil", "shop"],
      statefulSets: [...sets(NUMBERS, 0, "evil"), ...sets([1, 2, 3, 4], 2)],
      nodes: [{ ...node("node-9", "False", 900), metadata: { name: "node-9", creationTimestamp: ago(9_000) } }],
    });
    const detection = await scanned(api);

    expect(detection).toMatchObject({
      status: "failing",
      incidents: [{ workload: { kind: "Node", name: "node-9" } }],
      storm_namespace: "evil",
    });
    expect(detection.in_storm?.incidents).toHaveLength(14);
  });

  it("lets what its own rollout broke go on, where the policy wants that, and says so", async () => {
    serve(api, { ...brokenReleases([100], 2), statefulSets: sets(NUMBERS, 0) });
    expect(await scanned(api)).toMatchObject({ status: "storm", storm: expect.not.stringContaining("next") as string });

    const detection = await scanned(api, { policy: policy({ storm: { certain_rollbacks: true } }) });
    expect(detection).toMatchObject({
      status: "failing",
      incidents: [{ workload: { name: "web-100" }, despite_storm: true }],
      storm: expect.stringContaining("Only Deployment shop/web-100 is looked after next") as string,
    });
    expect(detection.in_storm?.incidents).toHaveLength(14);
  });

  it("is a storm and nothing beside it where nothing else fails", async () => {
    serve(api, {
      namespaces: ["evil", "shop"],
      statefulSets: [...sets(NUMBERS, 0, "evil"), ...sets([1, 2, 3, 4], 2)],
    });
    const detection = await scanned(api);

    expect(detection).toMatchObject({ status: "storm", storm_namespace: "evil" });
    expect(detection.incidents).toHaveLength(14);
    expect(detection.in_storm).toBeUndefined();
  });
});
