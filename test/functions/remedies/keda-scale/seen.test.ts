import { describe, expect, it } from "vitest";
import { classify } from "../../../../functions/classify/classify.ts";
import type { ScaledObject } from "../../../../functions/facts/scaled-object.ts";
import type { WorkloadState } from "../../../../functions/facts/state.ts";
import { kindOf } from "../../../../functions/kinds/kinds.ts";
import type { KedaScaleChange } from "../../../../functions/remedies/keda-scale/contract.ts";
import { kedaScale } from "../../../../functions/remedies/keda-scale/remedy.ts";
import { gaps, overtaken, remains, seen } from "../../../../functions/remedies/keda-scale/seen.ts";
import type { RequestedRemedy } from "../../../../functions/run/contracts.ts";
import type { Hpa } from "../../../../functions/shared/kubernetes/types.ts";
import { ago, deployment, evidence, hpa, incident, pod, policy, WEB } from "../../../support/objects.ts";
import { diagnosis } from "../../../support/runs.ts";
import { OF_KEDA, read, scaledObject, withCounts, withKeda } from "../../../support/scaled-objects.ts";

const change: KedaScaleChange = {
  kind: "keda-scale",
  scale: { target: "hpa", name: "web", from: { min: 1, max: 4 }, to: { min: 1, max: 6 } },
  scaled_object: { name: "web", uid: "keda-uid", from: { min: null, max: 4 }, to: { min: null, max: 6 } },
};
const { kind: action, ...moved } = change;
const plan = { action, ...moved };
const ANNOTATIONS = { "autoscaling.keda.sh/paused": "true" };

const withMax = (max: number | undefined, metadata = {}) => withCounts(scaledObject({}, { metadata }), undefined, max);
const bounds = (max: number, limited?: string) =>
  hpa({ min: 1, max, metadata: OF_KEDA, ...(limited === undefined ? {} : { limited }) });

function state(object: ScaledObject | undefined, of: Hpa | undefined = bounds(6)): WorkloadState {
  const kind = kindOf(WEB);
  if (kind === undefined) throw new Error("there is no Deployment");
  const others = object === undefined ? [] : read(object);
  return { kind, workload: deployment(), pods: [pod()], controllers: [], hpa: of, others };
}

describe("a look after a ScaledObject was changed", () => {
  const atMaximum = diagnosis({ cause: "HpaAtMaximum" });

  it("sees it by its counts alone", () => {
    expect(seen(plan, state(withMax(6), bounds(4)))).toEqual(change);
    expect(seen(plan, state(withMax(4)))).toBeUndefined();
    expect(seen(plan, state(withMax(6, { uid: "another" })))).toBeUndefined();
  });

  it("waits until KEDA has taken it over, and then until the HPA wants no more", () => {
    expect(gaps(change, state(withMax(6), bounds(4)), atMaximum)).toEqual([
      "KEDA has not given HPA web 1–6 replicas yet: it has 1–4 replicas",
    ]);
    expect(gaps(change, { ...state(withMax(6)), hpa: undefined }, atMaximum)).toEqual(["KEDA has no HPA for it"]);
    expect(gaps(change, state(withMax(6), bounds(6, "TooManyReplicas")), atMaximum)).toEqual([
      "HPA web still wants more than its maximum of 6 replicas",
    ]);
    expect(gaps(change, state(withMax(6)), atMaximum)).toEqual([]);
  });

  it.each<[string, ScaledObject | undefined]>([
    ["ScaledObject web has no minReplicaCount and maxReplicaCount 9 by now", withMax(9)],
    ["ScaledObject web has no minReplicaCount and no maxReplicaCount by now", withMax(undefined)],
    ["ScaledObject web was paused (autoscaling.keda.sh/paused)", withMax(6, { annotations: ANNOTATIONS })],
    ["ScaledObject web is another one, or does not scale it any more", withMax(6, { uid: "another" })],
    ["ScaledObject web is not to be seen", undefined],
  ])("leaves it to whoever did this: %s", (said, object) => {
    expect(overtaken(change, state(object))).toBe(said);
  });

  it("finds it as it was left", () => {
    expect(overtaken(change, state(withMax(6)))).toBeUndefined();
  });
});

describe("a change of a ScaledObject is undone", () => {
  it("when its counts are back and KEDA has taken them over", () => {
    expect(remains(change, state(withMax(6)))).toEqual([
      "ScaledObject web has no minReplicaCount and maxReplicaCount 6",
    ]);
    expect(remains(change, state(withMax(4), bounds(6)))).toEqual([
      "KEDA has not given HPA web 1–4 replicas yet: it has 1–6 replicas",
    ]);
    expect(remains(change, state(withMax(4), bounds(4)))).toEqual([]);
  });

  it("when its counts are back and somebody has paused it, so that it has no HPA", () => {
    const paused = withMax(4, { annotations: ANNOTATIONS });

    expect(remains(change, { ...state(paused), hpa: undefined })).toEqual([]);
  });

  it("later, as somebody asks for it, within the policy's bound and not while it is paused", () => {
    const requested: RequestedRemedy = { action: "undo", execution: "run", change };
    const entry = { at: ago(3_600), execution: "run", cause: "HpaAtMaximum", action: "keda-scale" as const };
    const history = [{ ...entry, outcome: "Recovered" as const, applied: true as const, scale: change.scale }];
    const undo = (object: ScaledObject, rules = policy()) =>
      withKeda(() =>
        classify(evidence({ hpa: bounds(6), others: read(object), history, incident: incident({ requested }) }), rules),
      ).remedy;

    expect(undo(withMax(6))).toMatchObject({ action: "keda-scale", scaled_object: { to: { min: null, max: 4 } } });
    expect(
      classify(evidence({ hpa: bounds(6), history, incident: incident({ requested, origin: "person" }) }), policy())
        .remedy,
    ).toMatchObject({
      refusal: "NoSafeRemedy",
      message: "Not undone: the policy does not let KEDA be acted through (owners.keda).",
    });
    expect(undo(withMax(6), policy({ scale: { max_replicas: 3 } }))).toMatchObject({ refusal: "LimitReached" });
    expect(undo(withMax(9))).toMatchObject({ refusal: "ObjectChanged" });
    expect(undo(withMax(6, { annotations: ANNOTATIONS }))).toMatchObject({ refusal: "ObjectChanged" });
  });
});

describe("people are told", () => {
  it("what is changed, and the commands that do and undo it", () => {
    const { words } = kedaScale;

    expect(words.did(change, WEB, false)).toBe(
      "Changed ScaledObject shop/web from no minReplicaCount and maxReplicaCount 4 to no minReplicaCount and maxReplicaCount 6: 1–6 replicas for HPA web.",
    );
    expect(words.byHand?.(plan, WEB)?.quoted).toBe('{"spec":{"maxReplicaCount":6}}');
    expect(
      words.undoCommand?.(
        { ...change, scaled_object: { ...change.scaled_object, from: { min: null, max: null } } },
        WEB,
      ),
    ).toEqual({
      words: ["kubectl", "-n", "shop", "patch", "scaledobject", "web", "--type=merge", "-p"],
      quoted: '{"spec":{"maxReplicaCount":null}}',
    });
  });

  it("that it is not scaled to zero any more, only where it was", () => {
    const held = { ...change, scaled_object: { ...change.scaled_object, to: { min: 3, max: 6 } } };

    expect(kedaScale.words.afterwards(held, true).next).toContain("does not scale it to zero");
    expect(kedaScale.words.afterwards(change, true).next).not.toContain("to zero");
  });
});
