import { describe, expect, it } from "vitest";
import { classify } from "../../../functions/classify/classify.ts";
import type { Evidence } from "../../../functions/facts/evidence.ts";
import { hpaInQuestion } from "../../../functions/facts/hpa-in-question.ts";
import { Policy } from "../../../functions/shared/policy.ts";
import type { Hpa } from "../../../functions/shared/kubernetes/types.ts";
import { ago, evidence, hpa, incident, NOW, policy } from "../../support/objects.ts";

const full = hpa({ limited: "TooManyReplicas", limitedSince: ago(900) });
const other = hpa({ metadata: { name: "web-by-queue" }, min: 1, max: 8 });
const moment = { now: NOW, deadlines: Policy.parse({}).detect };

function broken(of: Hpa, reason: string): Hpa {
  const conditions = (of.status?.conditions ?? []).map((one) =>
    one.type === "ScalingActive" ? { ...one, status: "False", reason, lastTransitionTime: ago(900) } : one,
  );
  return { ...of, status: { ...of.status, conditions } } as Hpa;
}

describe("of several HPAs that scale the same workload, the one in question", () => {
  const scaled = {
    kind: "scale",
    scale: { target: "hpa", name: "web-by-queue", from: { min: 1, max: 4 }, to: { min: 1, max: 8 } },
  } as const;

  it.each<[string, readonly Hpa[]]>([
    ["is the one that fails", [other, full]],
    ["is the first of those that fail", [full, broken(other, "FailedGetExternalMetric")]],
  ])("%s", (_which, hpas) => {
    expect(hpaInQuestion(hpas, incident(), moment)).toBe(full);
  });

  it("is one that has something to say against its size, where that is not long enough for a failure", () => {
    const lately = hpa({ limited: "TooManyReplicas", limitedSince: ago(1) });
    expect(hpaInQuestion([other, lately], incident(), moment)).toBe(lately);
  });

  it("is the one whose move is to be taken back, whichever fails", () => {
    const requested = { action: "undo", execution: "run-1", change: scaled } as const;
    expect(hpaInQuestion([full, other], incident({ requested }), moment)).toBe(other);
  });
});

describe("a workload that several HPAs scale", () => {
  const decided = (over: Partial<Evidence>) => classify(evidence({ rivalHpas: [other], ...over }), policy());

  it("is not given a larger maximum in one of them, which the others may take back", () => {
    const { cause, remedy, evidence: lines } = decided({ hpa: full });

    expect(cause).toBe("HpaAtMaximum");
    expect(remedy).toMatchObject({
      refusal: "NoSafeRemedy",
      message:
        "Not scaled: HPA web and HPA web-by-queue scale the same workload, each to a number of its own: what one of them is let do, another may take back. Decide which of them is to scale it, and delete the other.",
    });
    expect(lines).toContain("HPA web-by-queue scales it, too: 2 current, 2 desired, 1–8 replicas allowed");
  });

  it("is not scaled through one of them for who asks, as it is not known through which", () => {
    const requested = { action: "scale", replicas: 3 } as const;
    expect(decided({ hpa: full, incident: incident({ requested }) }).remedy).toMatchObject({
      refusal: "NoSafeRemedy",
      message: expect.stringContaining("HPA web and HPA web-by-queue scale the same workload") as string,
    });
  });

  it("names them where the HPA controller lets none of them scale for that, and what KEDA makes one of them from", () => {
    const ofKeda = { apiVersion: "keda.sh/v1alpha1", kind: "ScaledObject", name: "queue", uid: "so", controller: true };
    const rivalHpas = [hpa({ metadata: { name: "keda-hpa-queue", ownerReferences: [ofKeda] } })];
    const { cause, summary, remedy } = decided({ hpa: broken(full, "AmbiguousSelector"), rivalHpas });

    expect({ cause, summary }).toEqual({
      cause: "HpaCannotScale",
      summary:
        "HPA web: HPA web and HPA keda-hpa-queue (of ScaledObject queue) scale the same workload, so that none of them does.",
    });
    expect(remedy).toMatchObject({ message: "Decide which of them is to scale it, and delete the other." });
  });
});
