import { describe, expect, it } from "vitest";
import { classify } from "../../../functions/classify/classify.ts";
import { ROLLOUT } from "../../../functions/kinds/argo-rollout/kind.ts";
import { asStored } from "../../../functions/kinds/workloads.ts";
import type { Rollout } from "../../../functions/kinds/argo-rollout/rollout.ts";
import type { Diagnosis } from "../../../functions/run/contracts.ts";
import { crashingPod, evidence, incident, ofRevision, pod, policy } from "../../support/objects.ts";
import { CANARY, progressing, rollout, ROLLOUT_WEB, rolloutSet, withRollouts } from "../../support/rollouts.ts";

const PAST_DEADLINE = { ...CANARY, phase: "Degraded", ...progressing("ProgressDeadlineExceeded") };
const STEPS = { strategy: { canary: { steps: [{ setWeight: 50 }, { pause: {} }] } } };
const TO = { revision: 1, kind: "ReplicaSet", template: "x" } as const;
const serving = ["a", "b"].map((name) => ofRevision(1, pod({ name: `web-1-${name}` })));
const crashing = ofRevision(2, crashingPod({ name: "web-2-a", startedAgo: 700, restarts: 6 }));

/** What is found of a Rollout with two revisions, of which the second crashes unless told otherwise. */
function diagnosed(object: Rollout, pods = [...serving, crashing]): Diagnosis {
  return withRollouts(() =>
    classify(
      evidence({
        incident: incident({ workload: ROLLOUT_WEB }),
        workload: asStored(ROLLOUT_WEB, object),
        pods,
        holders: [rolloutSet(1, 2), rolloutSet(2, 0)],
      }),
      policy(),
    ),
  );
}

describe("a Rollout of which the new pods crash", () => {
  it("goes back to what was promoted last, past its steps", () => {
    const { cause, remedy } = diagnosed(rollout(PAST_DEADLINE, STEPS));

    expect(cause).toBe("CrashLoopAfterRollout");
    expect(remedy).toMatchObject({ action: "rollback", before: { name: "web-2" }, after: { name: "web-1" } });
  });

  it("is left alone where its controller would stop on the way", () => {
    const { remedy } = diagnosed(rollout({ ...PAST_DEADLINE, stableRS: "2" }, STEPS));

    expect(remedy).toMatchObject({ action: "none", refusal: "NoSafeRemedy" });
    expect(remedy).toMatchObject({ message: expect.stringContaining("stop at its steps") as string });
  });

  it("is left alone while somebody has paused it", () => {
    const { remedy } = diagnosed(rollout({ ...CANARY, phase: "Paused" }, { ...STEPS, paused: true }));

    expect(remedy).toMatchObject({ action: "none", refusal: "RolloutPaused" });
    expect(remedy).toMatchObject({ message: expect.stringContaining("kubectl argo rollouts promote") as string });
  });

  it("is left to Argo CD where that owns it", () => {
    const object = rollout(PAST_DEADLINE, STEPS);
    object.metadata = { ...object.metadata, annotations: { "argocd.argoproj.io/tracking-id": "shop:x:shop/web" } };

    expect(diagnosed(object).remedy).toMatchObject({
      action: "none",
      refusal: "ManagedByAnotherTool",
      message: expect.stringMatching(
        /Until then, `kubectl argo rollouts abort web -n shop` has its controller bring revision 1 back, and leaves its spec as it is\.$/,
      ) as string,
    });
  });

  it.each([
    ["is aborted already", { ...PAST_DEADLINE, abort: true }],
    [
      "would not lead there",
      { ...CANARY, stableRS: "2", phase: "Degraded", ...progressing("ProgressDeadlineExceeded") },
    ],
    ["is over", { ...PAST_DEADLINE, stableRS: "1", currentPodHash: "1" }],
  ])("is not told to be aborted where it %s", (_state, status) => {
    expect(ROLLOUT.goesBack(rollout(status, STEPS), { ...TO, name: "web-1" })).toBeUndefined();
  });

  it("is not written to where its template is in another object", () => {
    const object = rollout(PAST_DEADLINE, { ...STEPS, workloadRef: { kind: "Deployment", name: "source" } });
    delete object.spec?.template;

    const { cause, remedy } = diagnosed(object);
    expect(cause).toBe("CrashLoopAfterRollout");
    expect(remedy).toMatchObject({ message: expect.stringContaining("that of Deployment source") as string });
  });
});

describe("a Rollout of which no pod fails", () => {
  it("is told, and neither restarted nor rolled back, where its rollout was aborted", () => {
    const { cause, remedy } = diagnosed(
      rollout({ ...CANARY, abort: true, phase: "Degraded", ...progressing("RolloutAborted") }),
      serving,
    );

    expect(cause).toBe("RolloutAborted");
    expect(remedy).toMatchObject({ action: "none", refusal: "NoSafeRemedy" });
    expect(remedy).toMatchObject({
      message: expect.stringContaining("kubectl argo rollouts retry rollout web -n shop") as string,
    });
  });

  it("is told where its spec is invalid", () => {
    const conditions = [{ type: "InvalidSpec", status: "True", reason: "InvalidSpec", message: "no selector" }];

    expect(diagnosed(rollout({ phase: "Degraded", conditions }), serving).cause).toBe("InvalidRollout");
  });

  it("is well while it waits at a step", () => {
    const waits = {
      ...CANARY,
      phase: "Paused",
      availableReplicas: 3,
      pauseConditions: [{ reason: "CanaryPauseStep" }],
    };

    expect(diagnosed(rollout(waits, STEPS), serving).remedy).toMatchObject({ refusal: "NotFailingAnymore" });
  });
});
