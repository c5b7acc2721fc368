import { describe, expect, it } from "vitest";
import { classify } from "../../../functions/classify/classify.ts";
import { asStored } from "../../../functions/kinds/workloads.ts";
import type { Rollout } from "../../../functions/kinds/argo-rollout/rollout.ts";
import type { Diagnosis } from "../../../functions/run/contracts.ts";
import { writtenBy } from "../../support/field-writers.ts";
import { ago, crashingPod, evidence, incident, ofRevision, pod, policy } from "../../support/objects.ts";
import {
  ABORTED,
  CANARY,
  progressing,
  rollout,
  ROLLOUT_WEB,
  rolloutSet,
  withRollouts,
} from "../../support/rollouts.ts";

const PAST_DEADLINE = { ...CANARY, phase: "Degraded", ...progressing("ProgressDeadlineExceeded") };
const STEPS = { strategy: { canary: { steps: [{ setWeight: 50 }, { pause: {} }] } } };
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
  it("has its rollout aborted, which goes back to what was promoted last, past its steps", () => {
    const { cause, remedy } = diagnosed(rollout(PAST_DEADLINE, STEPS));

    expect(cause).toBe("CrashLoopAfterRollout");
    expect(remedy).toMatchObject({ action: "rollout-abort", before: { name: "web-2" }, after: { name: "web-1" } });
  });

  it.each([
    ["is to be promoted in full", { promoteFull: true }, STEPS],
    ["sends to its new pods already", { blueGreen: { activeSelector: "2" } }, { strategy: { blueGreen: {} } }],
    [
      "would keep the pods of an aborted revision",
      { blueGreen: { activeSelector: "1" } },
      { strategy: { blueGreen: { abortScaleDownDelaySeconds: 0 } } },
    ],
  ])("gets its earlier template where it %s", (_state, status, spec) => {
    const { remedy } = diagnosed(rollout({ ...PAST_DEADLINE, ...status }, spec));

    expect(remedy).toMatchObject({ action: "rollback", before: { name: "web-2" }, after: { name: "web-1" } });
  });

  it("gets the template back that its owner keeps where it was written past that", () => {
    const object = rollout(PAST_DEADLINE, STEPS);
    object.metadata = {
      ...object.metadata,
      ...writtenBy(
        ["argocd-controller", { "f:spec": { "f:replicas": {} } }, { at: ago(90_000) }],
        ["kubectl-edit", { "f:spec": { "f:template": { "f:spec": { "f:containers": {} } } } }, { at: ago(45_000) }],
      ),
    };

    expect(diagnosed(object).remedy).toMatchObject({ action: "rollback" });
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

  it("is left alone where its controller does nothing, since its spec is invalid", () => {
    const invalid = { type: "InvalidSpec", status: "True", reason: "InvalidSpec", message: "no such Service" };
    const object = rollout({ ...PAST_DEADLINE, conditions: [invalid] }, STEPS);
    object.metadata = { ...object.metadata, annotations: { "argocd.argoproj.io/tracking-id": "shop:x:shop/web" } };

    expect(diagnosed(object).remedy).toMatchObject({
      refusal: "NoSafeRemedy",
      message: expect.stringMatching(/does nothing for it while its spec is invalid.*no such Service$/) as string,
    });
  });

  it("has its rollout aborted where Argo CD keeps its spec", () => {
    const object = rollout(PAST_DEADLINE, STEPS);
    object.metadata = { ...object.metadata, annotations: { "argocd.argoproj.io/tracking-id": "shop:x:shop/web" } };

    expect(diagnosed(object).remedy).toMatchObject({ action: "rollout-abort" });
  });

  it("has its rollout aborted where its template is in another object", () => {
    const spec = { ...STEPS, workloadRef: { kind: "Deployment", name: "source" } };
    const object = rollout(PAST_DEADLINE, spec);
    delete object.spec?.template;

    expect(diagnosed(object).remedy).toMatchObject({ action: "rollout-abort", before: { name: "web-2" } });
  });

  it("is left to what drives it", () => {
    const object = rollout(PAST_DEADLINE, STEPS);
    const owner = {
      apiVersion: "shop.example.com/v1",
      kind: "Storefront",
      name: "web",
      uid: "owner",
      controller: true,
    };
    object.metadata = { ...object.metadata, ownerReferences: [owner] };

    expect(diagnosed(object).remedy).toMatchObject({
      action: "none",
      refusal: "ManagedByAnotherTool",
      message: expect.stringMatching(
        /Until then, `kubectl argo rollouts abort web -n shop` has its controller bring revision 1 back, and leaves its spec as it is\.$/,
      ) as string,
    });
  });

  it("is not written to where its template is in another object, and an abort would not go back", () => {
    const spec = { ...STEPS, workloadRef: { kind: "Deployment", name: "source" } };
    const object = rollout({ ...PAST_DEADLINE, promoteFull: true }, spec);
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

  it("is told where to mend it where its template is kept elsewhere", () => {
    const object = rollout(ABORTED);
    object.metadata = { ...object.metadata, annotations: { "argocd.argoproj.io/tracking-id": "shop:x:shop/web" } };

    expect(diagnosed(object, serving).remedy).toMatchObject({
      message: expect.stringContaining("belongs to Argo CD. Find out why, then mend or revert it there") as string,
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

describe("an aborted Rollout of which pods fail", () => {
  const kept = (abortScaleDownDelaySeconds: number) => ({
    strategy: { blueGreen: { abortScaleDownDelaySeconds } },
  });
  const given = { ...ABORTED, replicas: 3, updatedReplicas: 1, blueGreen: { activeSelector: "1" } };

  it("is left to its controller while that takes the aborted pods away", () => {
    const { cause, remedy } = diagnosed(rollout(given, kept(30)));

    expect(cause).toBe("RolloutAborted");
    expect(remedy).toMatchObject({ action: "none", refusal: "MayPass" });
  });

  it("is told, and not rolled back, where somebody has the aborted pods kept", () => {
    const { cause, remedy } = diagnosed(rollout(given, kept(0)));

    expect(cause).toBe("RolloutAborted");
    expect(remedy).toMatchObject({
      refusal: "NoSafeRemedy",
      message: expect.stringContaining("stay, as abortScaleDownDelaySeconds is 0") as string,
    });
  });

  it("is rolled back where the aborted pods are still sent to", () => {
    const { remedy } = diagnosed(rollout({ ...given, blueGreen: { activeSelector: "2" } }, kept(30)));

    expect(remedy).toMatchObject({ action: "rollback" });
  });
});
