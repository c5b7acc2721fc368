import { describe, expect, it } from "vitest";
import { ROLLOUT } from "../../../../functions/kinds/argo-rollout/kind.ts";
import type { Rollout } from "../../../../functions/kinds/argo-rollout/rollout.ts";
import { rolloutGaps } from "../../../../functions/kinds/gaps.ts";
import { kindOf, scannedKinds } from "../../../../functions/kinds/kinds.ts";
import { NOW, ago, template } from "../../../support/objects.ts";
import { DEADLINES } from "../../../support/pod-rows.ts";
import { CANARY, progressing, rollout, ROLLOUT_WEB, rolloutSet, withRollouts } from "../../../support/rollouts.ts";

const moment = { now: NOW, deadlines: DEADLINES };
const reasons = (object: Rollout) => ROLLOUT.failures(object, moment).map(({ reason }) => reason);
const paused = {
  ...CANARY,
  phase: "Paused",
  availableReplicas: 3,
  controllerPause: true,
  pauseConditions: [{ reason: "CanaryPauseStep" }],
};
const unavailable = { type: "Available", status: "False", lastTransitionTime: ago(7_200) };

describe("the kind of Argo Rollouts", () => {
  it("is none that is known unless the policy switches it on", () => {
    expect(kindOf(ROLLOUT_WEB)).toBeUndefined();
    expect(scannedKinds()).not.toContain(ROLLOUT);
    expect(withRollouts(() => kindOf(ROLLOUT_WEB))).toBe(ROLLOUT);
    expect(withRollouts(() => scannedKinds())).toContain(ROLLOUT);
  });

  it("stays switched on across what is waited for, and for nobody else", async () => {
    const within = withRollouts(async () => {
      await Promise.resolve();
      return kindOf(ROLLOUT_WEB);
    });
    expect(kindOf(ROLLOUT_WEB)).toBeUndefined();
    expect(await within).toBe(ROLLOUT);
  });
});

describe("a Rollout fails by its own status", () => {
  it.each<[string, Rollout, string[]]>([
    [
      "past its progress deadline",
      rollout({ ...CANARY, phase: "Degraded", ...progressing("ProgressDeadlineExceeded") }),
      ["ProgressDeadlineExceeded"],
    ],
    [
      "aborted",
      rollout({ ...CANARY, phase: "Degraded", abort: true, ...progressing("RolloutAborted") }),
      ["RolloutAborted"],
    ],
    [
      "with a spec that is invalid",
      rollout({ phase: "Degraded", conditions: [{ type: "InvalidSpec", status: "True", reason: "InvalidSpec" }] }),
      ["InvalidSpec"],
    ],
    [
      "without enough pods for long",
      rollout({ availableReplicas: 0, conditions: [unavailable] }),
      ["MinimumReplicasUnavailable"],
    ],
  ])("%s", (_what, object, expected) => {
    expect(reasons(object)).toEqual(expected);
  });

  it.each<[string, Rollout]>([
    ["a canary that has waited at its step for days", rollout(paused)],
    [
      "a blue-green one that waits for its promotion",
      rollout(
        { ...paused, pauseConditions: [{ reason: "BlueGreenPause" }] },
        { strategy: { blueGreen: { autoPromotionEnabled: false } } },
      ),
    ],
    [
      "a first rollout, of which nothing was promoted yet",
      rollout({ phase: "Progressing", stableRS: "", availableReplicas: 0, conditions: [unavailable] }),
    ],
    ["one whose old pods are kept for a while", rollout({ replicas: 4 }, { strategy: { blueGreen: {} } })],
    [
      "one whose status is of an earlier spec",
      rollout({ observedGeneration: "1", phase: "Degraded", ...progressing("ProgressDeadlineExceeded") }),
    ],
  ])("but not %s", (_what, object) => {
    expect(reasons(object)).toEqual([]);
  });
});

describe("a Rollout is whole", () => {
  it("when its phase says so and its pods are there", () => {
    expect(rolloutGaps(ROLLOUT, rollout())).toEqual([]);
    expect(rolloutGaps(ROLLOUT, rollout({ availableReplicas: 1 }))).toEqual(["1 of 2 replicas available"]);
  });
  it("also while old pods are kept, and while it waits at a step with every pod available", () => {
    expect(
      rolloutGaps(ROLLOUT, rollout({ replicas: 4, availableReplicas: 4 }, { strategy: { blueGreen: {} } })),
    ).toEqual([]);
    expect(rolloutGaps(ROLLOUT, rollout(paused))).toEqual([]);
  });
  it("not while pods of its canary are missing, nor before its controller has seen its spec", () => {
    expect(rolloutGaps(ROLLOUT, rollout({ ...paused, availableReplicas: 2 }))).toContain("its phase is Paused");
    expect(rolloutGaps(ROLLOUT, rollout(CANARY))).toContain("its phase is Progressing");
    expect(rolloutGaps(ROLLOUT, rollout({ observedGeneration: "1" }))).toEqual([
      "its controller has not seen the newest spec yet",
    ]);
  });
});

describe("a rollout is under way", () => {
  const ahead = (object: Rollout) => ROLLOUT.deadline.ahead(object);

  it("with its own deadline, while its new pods are to come up", () => {
    expect(ahead(rollout(CANARY, { progressDeadlineSeconds: 45 }))).toBe(45);
    expect(ahead(rollout(CANARY))).toBe(600);
    expect(ahead(rollout({ ...CANARY, stableRS: "" }))).toBe(600);
  });
  it.each([
    ["it waits at a step", rollout(paused)],
    ["it was aborted", rollout({ ...CANARY, abort: true })],
    ["it was promoted", rollout()],
  ])("not when %s", (_what, object) => {
    expect(ahead(object)).toBeUndefined();
  });
});

describe("the revisions of a Rollout", () => {
  const revisions = (object: Rollout, ...sets: ReturnType<typeof rolloutSet>[]) =>
    ROLLOUT.history.revisions(ROLLOUT.asStored(object), sets, []);
  const current = (object: Rollout, ...sets: ReturnType<typeof rolloutSet>[]) =>
    revisions(object, ...sets)
      .filter((revision) => revision.current)
      .map(({ name }) => name);

  it("are told by the template, though the API server fills in nothing in a Rollout", () => {
    expect(current(rollout(), rolloutSet(1, 2), rolloutSet(2, 0))).toEqual(["web-2"]);
  });

  it("are told without the labels and annotations that the controller adds to pods for a while", () => {
    const marked = rolloutSet(2, 1);
    const added = { labels: { role: "canary" }, annotations: { note: "new" } };
    marked.metadata = {
      ...marked.metadata,
      annotations: { ...marked.metadata?.annotations, "rollout.argoproj.io/ephemeral-metadata": JSON.stringify(added) },
    };
    const { metadata } = marked.spec?.template ?? {};
    Object.assign(metadata?.labels ?? {}, added.labels);
    Object.assign(metadata ?? {}, { annotations: added.annotations });

    expect(current(rollout(), rolloutSet(1, 2), marked)).toEqual(["web-2"]);
    expect(ROLLOUT.history.held(marked)?.template.metadata).toEqual({ labels: { app: "web" } });
  });

  it("are told by the status where the template is in another object", () => {
    const { template: _elsewhere, ...spec } = rollout().spec ?? {};
    const referring = { ...rollout(), spec: { ...spec, workloadRef: { kind: "Deployment", name: "web" } } };
    expect(current(referring, rolloutSet(1, 2), rolloutSet(2, 0))).toEqual(["web-2"]);
    expect(ROLLOUT.heldBack(referring, undefined)).toContain("that of Deployment web (spec.workloadRef)");
  });

  it("put an earlier template in the place of the present one alone", () => {
    const to = ROLLOUT.history.held(rolloutSet(1, 2)) ?? { template: template() };
    expect(ROLLOUT.templatePatch(rollout(), to)).toEqual([
      { op: "replace", path: "/spec/template", value: to.template },
    ]);
    expect(to.template.metadata).toEqual({ labels: { app: "web" } });
  });
});

describe("the way back is held back", () => {
  const to = (revision: number) => ({ revision, kind: "ReplicaSet", name: `web-${revision}`, template: "" });
  const steps = { strategy: { canary: { steps: [{ setWeight: 20 }, { pause: {} }] } } };

  it.each<[string, Rollout, string | undefined]>([
    ["not to what was promoted last, whatever the steps", rollout({ stableRS: "1" }, steps), undefined],
    ["by the steps to anything else", rollout({}, steps), "stop at its steps"],
    ["not by weights alone", rollout({}, { strategy: { canary: { steps: [{ setWeight: 20 }] } } }), undefined],
    ["by an analysis", rollout({}, { strategy: { canary: { analysis: {} } } }), "run an analysis"],
    [
      "by a promotion that somebody gives",
      rollout({}, { strategy: { blueGreen: { autoPromotionEnabled: false } } }),
      "wait for its promotion",
    ],
    ["not by one that is given at once", rollout({}, { strategy: { blueGreen: {} } }), undefined],
    [
      "by an analysis before the promotion",
      rollout({}, { strategy: { blueGreen: { prePromotionAnalysis: {} } } }),
      "wait for an analysis",
    ],
  ])("%s", (_what, object, why) => {
    const held = ROLLOUT.heldBack(object, to(1));
    if (why === undefined) expect(held).toBeUndefined();
    else expect(held).toContain(why);
  });
});
