import { describe, expect, it } from "vitest";
import { classify } from "../../../../functions/classify/classify.ts";
import type { Evidence } from "../../../../functions/facts/evidence.ts";
import type { ScaledObject } from "../../../../functions/facts/scaled-object.ts";
import type { Diagnosis } from "../../../../functions/run/contracts.ts";
import type { ObjectMeta } from "../../../../functions/shared/kubernetes/types.ts";
import { ago, deployment, evidence, hpa, incident, policy } from "../../../support/objects.ts";
import { hpaConditionOf, hpaWith } from "../../../support/workload-objects.ts";
import { OF_KEDA, read, scaledObject, withCounts, withKeda } from "../../../support/scaled-objects.ts";

const AT_MAXIMUM = { limited: "TooManyReplicas", metadata: OF_KEDA };

/** What is found of a workload whose HPA, made by KEDA, is at its maximum. */
function found(object: ScaledObject | undefined, overrides: Partial<Evidence> = {}, rules = policy()): Diagnosis {
  const others = object === undefined ? [] : read(object);
  return withKeda(() => classify(evidence({ hpa: hpa(AT_MAXIMUM), others, ...overrides }), rules));
}

/** What becomes of a number of replicas that a person asks for. */
function asked(replicas: number, object: ScaledObject, overrides: Partial<Evidence> = {}): Diagnosis {
  const requested = { action: "scale" as const, replicas };
  return found(object, { hpa: hpa({ metadata: OF_KEDA }), incident: incident({ requested }), ...overrides });
}

const message = ({ remedy }: Diagnosis) => (remedy.action === "none" ? remedy.message : "");

describe("in the place of the bounds of an HPA that KEDA makes", () => {
  it("the maximum of its ScaledObject is raised by the policy's step", () => {
    expect(found(scaledObject())).toMatchObject({
      cause: "HpaAtMaximum",
      owner: "KEDA",
      remedy: {
        action: "keda-scale",
        scale: { target: "hpa", name: "web", from: { min: 2, max: 4 }, to: { min: 2, max: 6 } },
        scaled_object: { name: "web", uid: "keda-uid", from: { min: 2, max: 4 }, to: { min: 2, max: 6 } },
      },
    });
  });

  it("what is not written there is taken for KEDA's defaults, and only what moves is written", () => {
    const bare = withCounts(scaledObject(), undefined, undefined);
    const most = hpa({ ...AT_MAXIMUM, min: 1, max: 100 });

    expect(found(bare, { hpa: most }, policy({ scale: { max_replicas: 500 } })).remedy).toMatchObject({
      scaled_object: { from: { min: null, max: null }, to: { min: null, max: 150 } },
    });
  });

  it("a minimum of zero stays, which an HPA has as one", () => {
    const toZero = scaledObject({ minReplicaCount: 0 });

    expect(found(toZero, { hpa: hpa({ ...AT_MAXIMUM, min: 1 }) }).remedy).toMatchObject({
      scaled_object: { from: { min: 0, max: 4 }, to: { min: 0, max: 6 } },
    });
  });

  it.each([
    [3, { min: 3, max: 4 }],
    [6, { min: 6, max: 6 }],
    [1, { min: 1, max: 1 }],
  ])("%d replicas that somebody asks for are held by both counts", (replicas, to) => {
    expect(asked(replicas, scaledObject()).remedy).toMatchObject({ action: "keda-scale", scaled_object: { to } });
  });

  it("the policy's bound holds", () => {
    expect(found(scaledObject(), {}, policy({ scale: { max_replicas: 4 } })).remedy).toMatchObject({
      action: "none",
      refusal: "LimitReached",
    });
  });

  it("nothing is raised again that somebody has lowered since", () => {
    const scale = { target: "hpa" as const, name: "web", from: { min: 2, max: 4 }, to: { min: 2, max: 6 } };
    const earlier = { at: ago(3_600), execution: "run", cause: "HpaAtMaximum", action: "keda-scale" as const };
    const history = [{ ...earlier, outcome: "Recovered" as const, applied: true as const, scale }];

    expect(found(scaledObject(), { history }).remedy).toMatchObject({ action: "none", refusal: "PutBack" });
  });
});

describe("a ScaledObject is left to people", () => {
  it.each(["paused", "paused-replicas", "paused-scale-in", "paused-scale-out"])(
    "while it is paused by %s",
    (annotation) => {
      const annotations = { [`autoscaling.keda.sh/${annotation}`]: "0" };
      const value = annotation === "paused-replicas" ? annotations : { [`autoscaling.keda.sh/${annotation}`]: "yes" };
      const diagnosis = found(scaledObject({}, { metadata: { annotations: value } }));

      expect(diagnosis.remedy).toMatchObject({ action: "none", refusal: "ScalingPaused" });
      expect(message(diagnosis)).toContain(`autoscaling.keda.sh/${annotation}`);
      expect(diagnosis.evidence).toContainEqual(`ScaledObject web is paused (autoscaling.keda.sh/${annotation})`);
    },
  );

  it("but not by an annotation that says it is not paused", () => {
    const annotations = { "autoscaling.keda.sh/paused": "false" };

    expect(found(scaledObject({}, { metadata: { annotations } })).remedy.action).toBe("keda-scale");
  });

  it("while it is paused and has no HPA, whatever is asked for", () => {
    const paused = scaledObject({}, { metadata: { annotations: { "autoscaling.keda.sh/paused-replicas": "2" } } });

    expect(asked(5, paused, { hpa: undefined }).remedy).toMatchObject({ action: "none", refusal: "ScalingPaused" });
  });

  it("while KEDA has made no HPA from it", () => {
    expect(message(asked(5, scaledObject(), { hpa: undefined }))).toBe(
      "Not scaled: ScaledObject web scales it, and KEDA has made no HPA for it.",
    );
  });

  it.each<[string, string, ObjectMeta]>([
    ["Helm", "ManagedByAnotherTool", { annotations: { "meta.helm.sh/release-name": "shop" } }],
    ["Argo CD", "ManagedByAnotherTool", { labels: { "argocd.argoproj.io/instance": "shop" } }],
    ["Flux", "ManagedByAnotherTool", { labels: { "kustomize.toolkit.fluxcd.io/name": "shop" } }],
    [
      "Storefront web",
      "ManagedByAnotherTool",
      {
        ownerReferences: [
          { apiVersion: "shop.example.com/v1", kind: "Storefront", name: "web", uid: "1", controller: true },
        ],
      },
    ],
    ["eks-remediation/enabled", "OptedOut", { annotations: { "eks-remediation/enabled": "false" } }],
    ["is being deleted", "BeingDeleted", { deletionTimestamp: ago(5) }],
  ])("for %s", (said, refusal, metadata) => {
    const diagnosis = found(scaledObject({}, { metadata }));

    expect(diagnosis.remedy).toMatchObject({ action: "none", refusal });
    expect(message(diagnosis)).toContain(said);
    expect(message(diagnosis)).toContain("ScaledObject");
  });

  it.each<[string, ScaledObject]>([
    ["another one than that which HPA web was made for", scaledObject({}, { metadata: { uid: "other" } })],
    ["does not say that it scales Deployment shop/web", scaledObject({ scaleTargetRef: { name: "api" } })],
    [
      "does not say that it scales Deployment shop/web",
      scaledObject({ scaleTargetRef: { apiVersion: "argoproj.io/v1alpha1", kind: "Rollout", name: "web" } }),
    ],
    ["ScaledObject web is not ready, and KEDA takes no", scaledObject({}, { conditions: { Ready: "False" } })],
    ["a trigger of ScaledObject web cannot be read", scaledObject({}, { conditions: { Fallback: "True" } })],
    ["asks for 2–9 replicas, which KEDA has not taken over", scaledObject({ maxReplicaCount: 9 })],
  ])("that is %s", (said, object) => {
    expect(message(found(object))).toContain(said);
  });

  it("that cannot go down to its idle count", () => {
    expect(message(asked(1, scaledObject({ idleReplicaCount: 1 })))).toContain("its idleReplicaCount is 1");
  });

  it("but a fallback hinders nobody who asks for a number", () => {
    expect(asked(3, scaledObject({}, { conditions: { Fallback: "True" } })).remedy.action).toBe("keda-scale");
  });
});

describe("an HPA of KEDA is left to KEDA", () => {
  it("where its ScaledObject was not read, which is said", () => {
    const diagnosis = found(undefined);

    expect(diagnosis.remedy).toMatchObject({ action: "none", refusal: "ManagedByAnotherTool" });
    expect(diagnosis.evidence).toContainEqual(
      "ScaledObject web, which its HPA names as its owner, is not there or may not be read (infra/rbac-keda.yaml)",
    );
  });

  it("where only its label names a ScaledObject", () => {
    const labels = OF_KEDA.labels ?? {};

    expect(found(scaledObject(), { hpa: hpa({ ...AT_MAXIMUM, metadata: { labels } }) }).remedy).toMatchObject({
      action: "none",
      refusal: "ManagedByAnotherTool",
    });
  });

  it("where the policy does not switch it on, and nothing is told of it", () => {
    const facts = evidence({
      hpa: hpa(AT_MAXIMUM),
      others: read(scaledObject({}, { conditions: { Ready: "False" } })),
    });
    const diagnosis = classify(facts, policy());

    expect(diagnosis.remedy).toMatchObject({ action: "none", refusal: "ManagedByAnotherTool" });
    expect(diagnosis.evidence.join()).not.toContain("Ready=False");
  });

  it("no bolder than what it stands for", () => {
    expect(found(scaledObject(), {}, policy({ actions: { scale: "observe" } })).remedy).toMatchObject({
      action: "none",
      refusal: "DiagnoseOnly",
    });
  });
});

describe("what KEDA does itself is told as such", () => {
  it("a workload at zero is scaled by its triggers", () => {
    const atZero = { hpa: hpa({ metadata: OF_KEDA, min: 1 }), workload: deployment({ replicas: 0 }) };
    const diagnosis = asked(3, scaledObject({ minReplicaCount: 0 }), atZero);

    expect(diagnosis.remedy).toMatchObject({ action: "none", refusal: "ScaledToZero" });
    expect(message(diagnosis)).toContain("kubectl -n shop edit scaledobject web");
  });

  it("a metric that is missing is that of a trigger", () => {
    const status = { health: { "s0-kafka": { numberOfFailures: 12, status: "Failing" } } };
    const object = scaledObject({}, { conditions: { Ready: "False", Fallback: "True" } });
    const mute = hpaWith([hpaConditionOf("ScalingActive", "False", "FailedGetExternalMetric")]);
    const diagnosis = found(
      { ...object, status: { ...object.status, ...status } },
      { hpa: { ...mute, metadata: { ...mute.metadata, ...OF_KEDA } } },
    );

    expect(diagnosis.cause).toBe("HpaWithoutMetrics");
    expect(message(diagnosis)).toContain("kubectl -n shop describe scaledobject web");
    expect(diagnosis.evidence).toEqual(
      expect.arrayContaining([
        "ScaledObject web has Ready=False",
        "ScaledObject web has Fallback=True",
        "ScaledObject web could not read its metric s0-kafka 12 times on end",
      ]),
    );
  });

  it("bounds that are alike are those of its ScaledObject", () => {
    const pinned = hpa({ ...AT_MAXIMUM, min: 4, max: 4 });

    expect(message(found(scaledObject({ minReplicaCount: 4 }), { hpa: pinned }))).toContain("edit scaledobject web");
  });
});
