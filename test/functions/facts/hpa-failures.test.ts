import { describe, expect, it } from "vitest";
import { hpaFailures } from "../../../functions/facts/hpa-failures.ts";
import { ago, NOW } from "../../support/objects.ts";
import { DEADLINES } from "../../support/pod-rows.ts";
import { hpaConditionOf, hpaWith } from "../../support/workload-objects.ts";

const { hpa_metrics_seconds: metrics, hpa_limited_seconds: limited, hpa_apart_seconds: apart } = DEADLINES;
const failures = (...of: Parameters<typeof hpaWith>) => hpaFailures(hpaWith(...of), { now: NOW, deadlines: DEADLINES });

describe("an HPA is well", () => {
  it.each([
    ["scales within its range", []],
    ["is at its minimum", [hpaConditionOf("ScalingLimited", "True", "TooFewReplicas")]],
    ["is scaled up at the rate that its policy allows", [hpaConditionOf("ScalingLimited", "True", "ScaleUpLimit")]],
    ["is scaled down at the rate that its policy allows", [hpaConditionOf("ScalingLimited", "True", "ScaleDownLimit")]],
    ["is switched off with zero replicas", [hpaConditionOf("ScalingActive", "False", "ScalingDisabled")]],
    ["was limited at its maximum earlier", [hpaConditionOf("ScalingLimited", "False", "TooManyReplicas")]],
  ])("when it %s, however long", (_what, conditions) => {
    expect(failures(conditions)).toEqual([]);
  });

  it("when it has no status yet, or no condition", () => {
    const { metadata, spec } = hpaWith([]);
    const moment = { now: NOW, deadlines: DEADLINES };

    expect(hpaFailures({ ...(metadata === undefined ? {} : { metadata }), spec }, moment)).toEqual([]);
    expect(hpaFailures({ spec, status: { desiredReplicas: 0 } }, moment)).toEqual([]);
  });
});

describe("an HPA has a problem", () => {
  it.each(["FailedGetScale", "FailedUpdateScale"])("at once when it is not able to scale: %s", (reason) => {
    expect(failures([hpaConditionOf("AbleToScale", "False", reason, 0)])).toEqual([
      { reason, message: `because of ${reason}`, since: ago(0) },
    ]);
  });

  it("only when it goes on, where somebody else wrote at the same moment", () => {
    const conflict = (age: number) => ({
      ...hpaConditionOf("AbleToScale", "False", "FailedUpdateScale", age),
      message:
        'the HPA controller was unable to update the target scale: Operation cannot be fulfilled on deployments.apps "web": the object has been modified; please apply your changes to the latest version and try again',
    });

    expect(failures([conflict(15)])).toEqual([]);
    expect(failures([conflict(metrics + 1)])).toMatchObject([{ reason: "FailedUpdateScale" }]);
  });

  it.each([
    ...["FailedGetResourceMetric", "FailedGetContainerResourceMetric", "FailedGetPodsMetric", "FailedGetObjectMetric"],
    ...["FailedGetExternalMetric", "InvalidMetricSourceType", "InvalidSelector", "AReasonOfTomorrow"],
  ])("when it has been without metrics for longer than its deadline: %s", (reason) => {
    const without = (since: number) => failures([hpaConditionOf("ScalingActive", "False", reason, since)]);

    expect(without(metrics - 1)).toEqual([]);
    expect(without(metrics)).toEqual([]);
    expect(without(metrics + 1)).toEqual([{ reason, message: `because of ${reason}`, since: ago(metrics + 1) }]);
  });

  it("when it has wanted more than its maximum for longer than its deadline", () => {
    const wanting = (since: number, desiredReplicas = 4) =>
      failures([hpaConditionOf("ScalingLimited", "True", "TooManyReplicas", since)], {
        currentReplicas: desiredReplicas,
        desiredReplicas,
      });

    expect(wanting(limited)).toEqual([]);
    // What it said of a maximum of three.
    expect(wanting(limited + 1, 3)).toEqual([]);
    expect(wanting(limited + 1)).toEqual([
      { reason: "TooManyReplicas", message: "wants more than its maximum of 4 replicas", since: ago(limited + 1) },
    ]);
  });

  it("when it is held at a size that is less than it has wanted for that long", () => {
    const wanting = hpaWith([hpaConditionOf("ScalingLimited", "True", "TooManyReplicas", limited + 1)], {
      currentReplicas: 4,
      desiredReplicas: 4,
    });
    const held = { ...wanting, spec: { ...wanting.spec, minReplicas: wanting.spec.maxReplicas } };

    expect(hpaFailures(held, { now: NOW, deadlines: DEADLINES })).toMatchObject([
      { reason: "TooManyReplicas", message: "wants more than the 4 replicas that it is held at" },
    ]);
  });

  it("when its current and desired replicas have been apart for longer than its deadline, all conditions being well", () => {
    const scaled = (since: number) => ({ currentReplicas: 2, desiredReplicas: 4, lastScaleTime: ago(since) });

    expect(failures([], scaled(apart))).toEqual([]);
    expect(failures([], scaled(apart + 1))).toEqual([
      {
        reason: "ReplicasApart",
        message: "2 replicas where 4 are desired, since it last scaled",
        since: ago(apart + 1),
      },
    ]);
    expect(failures([], { ...scaled(apart + 1), desiredReplicas: 2 })).toEqual([]);
  });

  it("that explains the others: not able to scale before no metrics, and no metrics before the maximum", () => {
    const unable = hpaConditionOf("AbleToScale", "False", "FailedGetScale");
    const blind = hpaConditionOf("ScalingActive", "False", "FailedGetResourceMetric");
    const full = hpaConditionOf("ScalingLimited", "True", "TooManyReplicas");
    const replicas = { currentReplicas: 2, desiredReplicas: 4, lastScaleTime: ago(4_000) };
    const reasons = (...conditions: (typeof unable)[]) => failures(conditions, replicas).map(({ reason }) => reason);

    expect(reasons(unable, blind, full)).toEqual(["FailedGetScale"]);
    expect(reasons(blind, full)).toEqual(["FailedGetResourceMetric"]);
    expect(reasons(full)).toEqual(["TooManyReplicas"]);
    expect(reasons()).toEqual(["ReplicasApart"]);
  });

  it("that has a name of its own where the condition gives no reason", () => {
    const bare = (type: "AbleToScale" | "ScalingActive") => {
      const { reason: _reason, message: _message, ...condition } = hpaConditionOf(type, "False", "");
      const hpa = hpaWith([]);
      const moment = { now: NOW, deadlines: DEADLINES };
      return hpaFailures({ ...hpa, status: { desiredReplicas: 2, conditions: [condition] } }, moment);
    };

    expect(bare("AbleToScale")).toEqual([{ reason: "FailedUpdateScale", since: ago(3_600) }]);
    expect(bare("ScalingActive")).toEqual([{ reason: "FailedGetMetrics", since: ago(3_600) }]);
  });
});
