import { describe, expect, it } from "vitest";
import type { Hpa } from "../../../functions/shared/kubernetes/types.ts";
import { hpaGaps } from "../../../functions/verify/hpa-settled.ts";
import { hpa } from "../../support/objects.ts";

type Condition = { type: string; status: string; reason?: string };

const ABLE: Condition = { type: "AbleToScale", status: "True" };
const ACTIVE: Condition = { type: "ScalingActive", status: "True" };
const DISABLED: Condition = { type: "ScalingActive", status: "False", reason: "ScalingDisabled" };

/** The HPA of a workload with so many replicas, which has these conditions. */
function withConditions(conditions: Condition[], current = 2): Hpa {
  const made = hpa({ min: 2, max: 4, current });
  return { ...made, status: { ...made.status, conditions } as Hpa["status"] } as Hpa;
}

describe("an HPA", () => {
  it.each([2, 3, 4])("is settled with %s replicas, from its minimum to its maximum", (current) => {
    expect(hpaGaps(hpa({ min: 2, max: 4, current }))).toEqual([]);
  });

  it.each([1, 5])("is not settled with %s replicas, outside its bounds", (current) => {
    expect(hpaGaps(hpa({ min: 2, max: 4, current }))).toEqual([
      `HPA web: ${current} replicas are outside its bounds 2 to 4`,
    ]);
  });

  it("is not settled while it has other replicas than it desires", () => {
    expect(hpaGaps(hpa({ min: 2, max: 4, current: 2, desired: 3 }))).toEqual([
      "HPA web: 2 current, 3 desired replicas",
    ]);
  });

  it("is not settled before its controller has seen it", () => {
    expect(hpaGaps(withConditions([]))).toEqual([
      "HPA web is not able to scale (no condition yet)",
      "HPA web is not active (no condition yet)",
    ]);
  });

  it("is not settled when it cannot reach what it scales, and says why", () => {
    const failing = { type: "AbleToScale", status: "False", reason: "FailedGetScale" };

    expect(hpaGaps(withConditions([failing, ACTIVE]))).toEqual(["HPA web is not able to scale (FailedGetScale)"]);
  });

  it("is not settled without metrics, and says why", () => {
    const without = { type: "ScalingActive", status: "False", reason: "FailedGetResourceMetric" };

    expect(hpaGaps(withConditions([ABLE, without]))).toEqual(["HPA web is not active (FailedGetResourceMetric)"]);
    expect(hpaGaps(withConditions([ABLE, without], 0))).toHaveLength(2);
  });

  it("is settled where somebody has switched it off with zero replicas", () => {
    expect(hpaGaps(withConditions([ABLE, DISABLED], 0))).toEqual([]);
  });

  it("is not switched off by a reason of old when it is active again", () => {
    const active = { ...ACTIVE, reason: "ScalingDisabled" };

    expect(hpaGaps(withConditions([ABLE, active], 0))).toEqual(["HPA web: 0 replicas are outside its bounds 2 to 4"]);
  });
});
