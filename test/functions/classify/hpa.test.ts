import { describe, expect, it } from "vitest";
import { classify } from "../../../functions/classify/classify.ts";
import type { Evidence } from "../../../functions/facts/evidence.ts";
import type { Hpa, Pod, StatefulSet } from "../../../functions/shared/kubernetes/types.ts";
import { ago, deployment, evidence, hpa, incident, pod, policy, replicaSet, template } from "../../support/objects.ts";
import { controllerRevision, DB, db, dbPod } from "../../support/set-objects.ts";

const full = hpa({ limited: "TooManyReplicas", limitedSince: ago(900) });
const wells = [1, 2, 3].map((n) => pod({ name: `web-1-${n}` }));

function decided(over: Partial<Evidence> = {}): string {
  const { cause, remedy } = classify(
    evidence({ hpa: full, workload: deployment({ replicas: 4 }), pods: [...wells, pod({ name: "web-1-4" })], ...over }),
    policy(),
  );
  return `${cause}: ${remedy.action === "none" ? `${remedy.refusal}: ${remedy.message}` : remedy.action}`;
}

const pending = (more: Partial<Pod["metadata"]> = {}): Pod =>
  pod({
    name: "web-1-4",
    metadata: { creationTimestamp: ago(60), ...more },
    status: {
      phase: "Pending",
      conditions: [{ type: "PodScheduled", status: "False", reason: "Unschedulable", lastTransitionTime: ago(60) }],
      containerStatuses: [],
    },
  });
/** A pod that runs and is not ready since so many seconds ago, of the minute that it is old. */
const unready = (since: number): Pod =>
  pod({
    name: "web-1-4",
    metadata: { creationTimestamp: ago(60) },
    status: {
      startTime: ago(58),
      conditions: [{ type: "Ready", status: "False", lastTransitionTime: ago(since) }],
    },
  });
const behaving = (behavior: NonNullable<Hpa["spec"]["behavior"]>): Hpa => ({
  ...full,
  spec: { ...full.spec, behavior },
});

describe("an HPA at its maximum", () => {
  it.each<[string, Partial<Evidence>]>([
    ["all of its pods run", {}],
    ["what has not started is on its way out", { pods: [...wells, pending({ deletionTimestamp: ago(5) })] }],
    ["one of them is not ready any more, as under its load", { pods: [...wells, unready(10)] }],
    ["it may not scale down", { hpa: behaving({ scaleDown: { selectPolicy: "Disabled" } }) }],
    ["it scales up slowly", { hpa: behaving({ scaleUp: { selectPolicy: "Min" } }) }],
  ])("is raised where %s", (_what, over) => {
    expect(decided(over)).toBe("HpaAtMaximum: scale");
  });

  it("is not raised while a pod that it has asked for has not started", () => {
    expect(decided({ pods: [...wells, pending()] })).toContain(
      "HpaAtMaximum: MayPass: 1 pod that it has already has not been ready yet",
    );
  });

  it("is not raised while a pod that it has asked for has started, and has not served yet", () => {
    expect(decided({ pods: [...wells, unready(58)] })).toContain("1 pod that it has already has not been ready yet");
  });

  describe("of a StatefulSet whose update somebody holds back", () => {
    const ofDb = { ...full, spec: { ...full.spec, scaleTargetRef: { kind: "StatefulSet", name: "db" } } };
    const heldBack = (spec: NonNullable<StatefulSet["spec"]>["updateStrategy"], updated: number) =>
      decided({
        incident: incident({ workload: DB }),
        hpa: ofDb,
        workload: db({
          spec: { updateStrategy: spec ?? {} },
          status: { currentRevision: "db-r1", updateRevision: "db-r2", updatedReplicas: updated },
        }),
        holders: [controllerRevision(2), controllerRevision(1)],
        pods: [0, 1, 2].map((ordinal) => dbPod(ordinal, ordinal < 3 - updated ? 1 : 2)),
      });

    it.each([
      ["by a partition", { type: "RollingUpdate", rollingUpdate: { partition: 2 } }, 1],
      ["by its strategy", { type: "OnDelete" }, 0],
    ] as const)("%s, is left to people: further pods may be of what is tried on a few", (_how, strategy, updated) => {
      expect(heldBack(strategy, updated)).toContain(
        `HpaAtMaximum: NoSafeRemedy: Not scaled: ${3 - updated} of its 3 pods were not made from the present pod template`,
      );
    });

    it("is not raised before the pods that are to be updated are", () => {
      expect(heldBack({ type: "RollingUpdate", rollingUpdate: { partition: 1 } }, 1)).toContain(
        "HpaAtMaximum: MayPass: It began with a rollout that is under way",
      );
    });
  });

  it("is not raised where its behavior lets it add no pods", () => {
    expect(decided({ hpa: behaving({ scaleUp: { selectPolicy: "Disabled" } }) })).toContain(
      "HpaAtMaximum: NoSafeRemedy: Not scaled: the behavior of HPA web disables scaling up",
    );
  });
});

describe("an HPA at its maximum that measures", () => {
  const other = (over: Parameters<typeof pod>[0] = {}) => pod({ name: "batch-7d9f-x2k4p", ...over });
  const by = (...types: string[]): Hpa => ({
    ...full,
    spec: { ...full.spec, metrics: types.map((type) => ({ type })) },
  });

  it.each<[string, Hpa]>([
    ["its CPU, by default", full],
    ["what its pods use", by("Resource")],
    ["a container of its pods", by("External", "ContainerResource")],
    ["what each pod serves", by("Pods")],
  ])("%s is not raised for what pods of others use", (_what, measuring) => {
    const said = decided({ hpa: measuring, alsoSelected: [other()] });

    expect(said).toContain("HpaAtMaximum: NoSafeRemedy: Not scaled: HPA web measures whatever pods have the labels");
    expect(said).toContain("(app=web), and a pod of others has them, too (batch-7d9f-x2k4p)");
  });

  it.each<[string, Partial<Evidence>]>([
    ["no pod, whatever else has its labels", { hpa: by("External", "Object"), alsoSelected: [other()] }],
    ["what has not started", { alsoSelected: [other({ status: { phase: "Pending" } })] }],
    ["what is on its way out", { alsoSelected: [other({ metadata: { deletionTimestamp: ago(5) } })] }],
    [
      "what has ended",
      { alsoSelected: [other({ status: { phase: "Succeeded" } }), other({ status: { phase: "Failed" } })] },
    ],
  ])("%s is raised", (_what, over) => {
    expect(decided(over)).toBe("HpaAtMaximum: scale");
  });
});

describe("an HPA that was at its maximum", () => {
  it.each([
    ["its metrics cannot be read any more", "ScalingActive", "FailedGetResourceMetric", "HpaWithoutMetrics"],
    ["its target cannot be read any more", "AbleToScale", "FailedGetScale", "HpaCannotScale"],
  ])("is not raised where %s, though its status keeps that", (_what, type, reason, cause) => {
    const [min, max] = [{ ...full.spec }, { ...full.spec, minReplicas: full.spec.maxReplicas }];
    const conditions = (full.status?.conditions ?? []).map((one) =>
      one.type === type ? { ...one, status: "False", reason, lastTransitionTime: ago(600) } : one,
    );
    for (const spec of [min, max]) {
      const cutOff = { ...full, spec, status: { ...full.status, conditions } } as Hpa;

      expect(decided({ hpa: cutOff })).toContain(`${cause}: NoSafeRemedy: `);
    }
  });
});

describe("an HPA that is not active", () => {
  const inactive = (reason: string, message: string): Hpa =>
    ({
      ...full,
      status: {
        ...full.status,
        conditions: [
          { type: "AbleToScale", status: "True", reason: "SucceededGetScale" },
          { type: "ScalingActive", status: "False", reason, message, lastTransitionTime: ago(900) },
        ],
      },
    }) as Hpa;
  const diagnosed = (reason: string, message: string) =>
    classify(evidence({ hpa: inactive(reason, message), pods: wells }), policy());

  it("for want of a valid selector is not said to lack its metrics", () => {
    const { cause, summary } = diagnosed("InvalidSelector", "the HPA target's scale is missing a selector");

    expect(cause).toBe("HpaCannotScale");
    expect(summary).not.toContain("metrics");
  });

  it.each([
    ["FailedGetExternalMetric", "serves the API external.metrics.k8s.io"],
    ["FailedGetObjectMetric", "serves the API custom.metrics.k8s.io"],
    ["FailedGetPodsMetric", "serves the API custom.metrics.k8s.io"],
    ["FailedGetResourceMetric", "kubectl top pods"],
  ])("for %s is told with where that metric comes from", (reason, where) => {
    expect(diagnosed(reason, "no metrics returned").remedy).toMatchObject({
      message: expect.stringContaining(where) as string,
    });
  });

  it("for one of several metrics is not said to stand still", () => {
    const { spec, ...rest } = inactive("FailedGetExternalMetric", "no metrics returned");
    const several = { ...rest, spec: { ...spec, metrics: [{ type: "Resource" }, { type: "External" }] } };
    const { summary } = classify(evidence({ hpa: several, pods: wells }), policy());

    expect(summary).toBe(
      "HPA web: not all of its metrics can be read, so that it does not scale down, and up only where those that can be read ask for more.",
    );
  });

  it.each([
    ["apq", "It measures container apq, and no pod of the workload has one of that name."],
    ["app", "Check the metrics server"],
  ])("for want of the metrics of container %s says whether any pod has that", (container, said) => {
    const { spec, ...rest } = inactive("FailedGetContainerResourceMetric", "no metrics for container");
    const target = { type: "Utilization", averageUtilization: 80 };
    const metrics = [{ type: "ContainerResource", containerResource: { name: "cpu", container, target } }];
    const one = pod({ spec: { containers: [{ name: "app" }] } });
    const { remedy } = classify(evidence({ hpa: { ...rest, spec: { ...spec, metrics } }, pods: [one] }), policy());

    expect(remedy).toMatchObject({ message: expect.stringContaining(said) as string });
  });

  it("for a reason that nobody has heard of is not told as its workload", () => {
    const { cause, summary, remedy } = diagnosed("AReasonOfTomorrow", "because");

    expect(cause).toBe("Unknown");
    expect(summary).toContain("HPA web fails in a way that no rule covers.");
    expect(remedy).toMatchObject({ message: "Look at it with kubectl -n shop describe hpa web." });
  });
});

describe("an HPA that is at its maximum since a rollout", () => {
  const lines = (created: number) =>
    classify(
      evidence({
        hpa: full,
        workload: deployment({ template: template("shop/web:2"), replicas: 4 }),
        holders: [
          replicaSet(2, { template: template("shop/web:2"), replicas: 4, available: 4, created: ago(created) }),
          replicaSet(1, { created: ago(90_000) }),
        ],
        pods: [...wells, pod({ name: "web-1-4" })],
      }),
      policy(),
    ).evidence.join("\n");
  const SAID = "after revision 2 came: if its pods take more for the same work than those before did, mend that";

  it("is said to be so, as more pods may only cover that each takes more", () => {
    expect(lines(1_200)).toContain(`that began 5 min ${SAID}`);
  });

  it.each([
    ["came later", 800],
    ["came long before", 5_000],
  ])("is not said of a revision that %s", (_what, created) => {
    expect(lines(created)).not.toContain("after revision 2 came");
  });
});
