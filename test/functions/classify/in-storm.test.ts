import { withRollouts } from "../../support/rollouts.ts";
import { describe, expect, it } from "vitest";
import { classify } from "../../../functions/classify/classify.ts";
import { refuseInStorm } from "../../../functions/classify/in-storm.ts";
import { openCase } from "../../../functions/facts/case.ts";
import { outcomeOf } from "../../../functions/run/outcome.ts";
import type { Pod } from "../../../functions/shared/kubernetes/types.ts";
import {
  ago,
  crashingPod,
  deployment,
  evidence,
  imagePullPod,
  incident,
  ofRevision,
  policy,
  replicaSet,
  template,
} from "../../support/objects.ts";
import { claimedRun } from "../../support/runs.ts";

const inStorm = incident({ despite_storm: true });
const NOT_THERE =
  'Failed to pull image "shop/web:2": rpc error: code = NotFound desc = failed to resolve: shop/web:2: not found';

/** A Deployment whose second revision has failed with that pod, while some pods of the first are ready. */
const broken = (pod: Pod, readyReplicas = 2) => {
  const workload = deployment({
    template: template("shop/web:2"),
    progressing: { status: "False", reason: "ProgressDeadlineExceeded" },
    status: { readyReplicas },
  });
  return evidence({
    workload,
    holders: [replicaSet(2, { replicas: 1, created: ago(900) }), replicaSet(1, { available: 2, created: ago(90_000) })],
    pods: [ofRevision(2, pod)],
    incident: inStorm,
  });
};

describe("what goes on in a storm", () => {
  it("is the rollback of what cannot pass, while earlier pods serve", () => {
    expect(classify(broken(imagePullPod(NOT_THERE)), policy()).remedy.action).toBe("rollback");
  });

  it("is no rollback of what may fail for the cause of the storm, or where nothing serves", () => {
    const crashing = broken(crashingPod({ startedAgo: 900, endedAgo: 5 }));
    expect(classify({ ...crashing, incident: incident() }, policy()).remedy.action).toBe("rollback");
    expect(classify(crashing, policy()).remedy).toMatchObject({ action: "none", refusal: "InStorm" });

    const down = broken(imagePullPod(NOT_THERE), 0);
    expect(classify(down, policy()).remedy).toMatchObject({ action: "none", refusal: "InStorm" });
  });

  it("is no rollback through a tool that owns it, which may bring back more than it", () => {
    const facts = openCase(broken(imagePullPod(NOT_THERE)), policy());
    const { remedy } = classify(broken(imagePullPod(NOT_THERE)), policy());
    if (remedy.action !== "rollback") throw new Error("It is to be rolled back.");
    const reconciler = { kind: "Kustomization", namespace: "flux-system", name: "shop", revision: "2" } as const;

    expect(refuseInStorm(facts, remedy)).toBeUndefined();
    const { before, after } = remedy;
    expect(withRollouts(() => refuseInStorm(facts, { action: "rollout-abort", before, after }))).toBeUndefined();
    expect(refuseInStorm(facts, { ...remedy, action: "flux-rollback", reconciler })).toMatchObject({
      refusal: "InStorm",
      message: expect.stringContaining("(flux-rollback) may change more than this workload") as string,
    });
    const source = { kind: "GitRepository", namespace: "flux-system", name: "shop", revision: "3", since: ago(3_600) };
    const asked = { ...reconciler, uid: "shop-uid" };
    expect(refuseInStorm(facts, { action: "flux-reconcile", reconciler: asked, source })).toMatchObject({
      refusal: "InStorm",
      message: expect.stringContaining("(flux-reconcile) may change more than this workload") as string,
    });
  });

  it("is no restart", () => {
    const stable = evidence({
      pods: [crashingPod({ startedAgo: 3_600, ranFor: 3_000 })],
      holders: [replicaSet(1, { available: 1 })],
    });
    expect(classify(stable, policy()).remedy.action).toBe("restart");

    const { remedy, rejected } = classify({ ...stable, incident: inStorm }, policy());
    expect(remedy).toMatchObject({ action: "none", refusal: "InStorm" });
    expect(rejected.map(({ action }) => action)).toContain("restart");
  });

  it("calls nobody for what is left alone: the storm's message tells of it", () => {
    const diagnosis = classify(broken(crashingPod({ startedAgo: 900 })), policy());

    expect(outcomeOf({ ...claimedRun(), incident: inStorm, diagnosis }, true)).toMatchObject({
      outcome: "Skipped",
      reason: "InStorm",
      needs_person: false,
    });
  });
});
