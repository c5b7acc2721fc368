import { describe, expect, it } from "vitest";
import { abortGaps, goesBack, hasGivenWay, keptAfterAbort } from "../../../../functions/kinds/argo-rollout/abort.ts";
import { ROLLOUT } from "../../../../functions/kinds/argo-rollout/kind.ts";
import type { Rollout } from "../../../../functions/kinds/argo-rollout/rollout.ts";
import { rolloutGaps } from "../../../../functions/kinds/gaps.ts";
import { fieldsBy } from "../../../support/field-writers.ts";
import { ago, NOW } from "../../../support/objects.ts";
import { DEADLINES } from "../../../support/pod-rows.ts";
import { ABORTED, CANARY, progressing, rollout } from "../../../support/rollouts.ts";

const TO = { revision: 1, kind: "ReplicaSet", name: "web-1", template: "x" } as const;
const NONE_MADE = { current: undefined, revisions: [] };
const BLUE_GREEN = { strategy: { blueGreen: {} } };
const ROUTED = { strategy: { canary: { trafficRouting: {} } } };
const previewed = (activeSelector: string) => ({ ...CANARY, blueGreen: { activeSelector } });

describe("an abort goes back", () => {
  it.each<[string, Rollout]>([
    ["from a canary", rollout(CANARY)],
    ["from a canary past its deadline", rollout({ ...CANARY, phase: "Degraded" })],
    ["from a blue-green preview", rollout(previewed("1"), BLUE_GREEN)],
    ["where its template is in another object", rollout(CANARY, { workloadRef: { kind: "Deployment" } })],
  ])("%s", (_state, object) => {
    expect(goesBack(object, TO, NONE_MADE)).toEqual(["kubectl", "argo", "rollouts", "abort", "web", "-n", "shop"]);
  });

  it.each<[string, Rollout]>([
    ["after the promotion", rollout()],
    ["twice", rollout({ ...CANARY, abort: true })],
    ["to what was not promoted last", rollout({ ...CANARY, stableRS: "0" })],
    ["where nothing was promoted yet", rollout({ ...CANARY, stableRS: "" })],
    ["where somebody wants it promoted in full, which ends each abort", rollout({ ...CANARY, promoteFull: true })],
    ["where a blue-green one sends to the new pods already", rollout(previewed("2"), BLUE_GREEN)],
    [
      "where its controller may wait for ever for the aborted pods to go",
      rollout(CANARY, {
        strategy: { canary: { trafficRouting: {}, dynamicStableScale: true, abortScaleDownDelaySeconds: 30 } },
      }),
    ],
    ["before its controller has seen its spec", rollout({ ...CANARY, observedGeneration: "1" })],
  ])("not %s", (_state, object) => {
    expect(goesBack(object, TO, NONE_MADE)).toBeUndefined();
  });

  it("not on the way to an earlier revision within its rollback window, where its controller ends each abort", () => {
    const window = { rollbackWindow: { revisions: 3 } };
    const [older, newer] = [new Date(ago(200_000)), new Date(ago(100))];
    const stable = { name: "web-1", created: new Date(ago(90_000)) };
    const made = (created: Date) => ({ current: { created }, revisions: [stable] });

    expect(goesBack(rollout(CANARY, window), TO, made(older))).toBeUndefined();
    expect(goesBack(rollout(CANARY, window), TO, made(newer))).toBeDefined();
    expect(goesBack(rollout(CANARY), TO, made(older))).toBeDefined();
  });
});

describe("the pods of an aborted revision stay", () => {
  it.each<[number, NonNullable<Rollout["spec"]>]>([
    [0, { strategy: { canary: {} } }],
    [0, { strategy: { canary: { abortScaleDownDelaySeconds: 60 } } }],
    [30, BLUE_GREEN],
    [30, ROUTED],
    [60, { strategy: { canary: { trafficRouting: {}, abortScaleDownDelaySeconds: 60 } } }],
    [60, { strategy: { blueGreen: { abortScaleDownDelaySeconds: 60 } } }],
    [Infinity, { strategy: { blueGreen: { abortScaleDownDelaySeconds: 0 } } }],
  ])("for %d s", (seconds, spec) => {
    expect(keptAfterAbort(rollout(CANARY, spec))).toBe(seconds);
    const more = ROLLOUT.seconds(rollout(CANARY, spec)) - ROLLOUT.seconds(rollout(CANARY));
    expect(more).toBe(Number.isFinite(seconds) ? seconds : 0);
  });
});

describe("an aborted Rollout is whole", () => {
  it("once what was promoted last serves alone, though its phase is Degraded", () => {
    expect(rolloutGaps(ROLLOUT, rollout(ABORTED))).toEqual([]);
    expect(rolloutGaps(ROLLOUT, rollout({ ...ABORTED, blueGreen: { activeSelector: "1" } }, BLUE_GREEN))).toEqual([]);
  });

  it.each<[string, Rollout]>([
    ["has not taken up yet that it was aborted", rollout({ ...ABORTED, ...progressing("ProgressDeadlineExceeded") })],
    ["1 of 2 replicas available", rollout({ ...ABORTED, availableReplicas: 1 })],
    ["1 replica of the aborted revision left", rollout({ ...ABORTED, updatedReplicas: 1 })],
    ["a weight of 20 is still sent", rollout({ ...ABORTED, canary: { weights: { canary: { weight: 20 } } } }, ROUTED)],
    ["what is sent still goes to", rollout({ ...ABORTED, blueGreen: { activeSelector: "2" } }, BLUE_GREEN)],
  ])("not while %s", (gap, object) => {
    expect(abortGaps(object)).toEqual([expect.stringContaining(gap)]);
  });

  it("also where somebody has its pods kept", () => {
    const spec = { strategy: { canary: { trafficRouting: {}, abortScaleDownDelaySeconds: 0 } } };

    expect(abortGaps(rollout({ ...ABORTED, updatedReplicas: 1 }, spec))).toEqual([]);
  });
});

describe("an aborted revision has given way", () => {
  it("to what was promoted last, and to nothing else", () => {
    expect(hasGivenWay(rollout(ABORTED))).toBe(true);
    expect(hasGivenWay(rollout(CANARY))).toBe(false);
    expect(hasGivenWay(rollout({ ...ABORTED, stableRS: "" }))).toBe(false);
    expect(hasGivenWay(rollout({ ...ABORTED, stableRS: "2" }))).toBe(false);
    expect(hasGivenWay(rollout({ ...ABORTED, blueGreen: { activeSelector: "2" } }, BLUE_GREEN))).toBe(false);
  });
});

describe("that a Rollout was aborted is a failure", () => {
  const reasonsOf = (status: Rollout["status"], manager: string, at: string) => {
    const object = rollout({ ...ABORTED, ...status });
    const written = fieldsBy(manager, { "f:status": { "f:abort": {} } }, { at, subresource: "status" });
    object.metadata = { ...object.metadata, ...written };
    return ROLLOUT.failures(object, { now: NOW, deadlines: DEADLINES }).map(({ reason }) => reason);
  };

  it("where others did that, and where the workflow did more than a day ago", () => {
    expect(reasonsOf({}, "kubectl-argo-rollouts", ago(60))).toEqual(["RolloutAborted"]);
    expect(reasonsOf({}, "eks-remediation", ago(86_401))).toEqual(["RolloutAborted"]);
    expect(reasonsOf({}, "eks-remediation", ago(86_399))).toEqual([]);
  });

  it("beside which it is told that pods are missing", () => {
    const conditions = [
      ...progressing("RolloutAborted").conditions,
      { type: "Available", status: "False", lastTransitionTime: ago(7_200) },
    ];

    expect(reasonsOf({ conditions, availableReplicas: 1 }, "eks-remediation", ago(60))).toEqual([
      "MinimumReplicasUnavailable",
    ]);
  });
});
