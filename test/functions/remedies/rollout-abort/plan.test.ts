import { describe, expect, it } from "vitest";
import { openCase, type Case } from "../../../../functions/facts/case.ts";
import type { Rollout } from "../../../../functions/kinds/argo-rollout/rollout.ts";
import { asStored } from "../../../../functions/kinds/workloads.ts";
import type { RollbackPlan } from "../../../../functions/remedies/rollback/contract.ts";
import { asAbort, isAbortable, triedAgain } from "../../../../functions/remedies/rollout-abort/plan.ts";
import { ago, crashingPod, deployment, evidence, incident, ofRevision, pod, policy } from "../../../support/objects.ts";
import { CANARY, progressing, rollout, ROLLOUT_WEB, rolloutSet, withRollouts } from "../../../support/rollouts.ts";

const STATUS = { ...CANARY, phase: "Degraded", ...progressing("ProgressDeadlineExceeded") };
const revision = (number: number) => ({
  ...({ revision: number, kind: "ReplicaSet", name: `web-${number}`, template: `${number}` } as const),
});
const plan: RollbackPlan = { action: "rollback", before: revision(2), after: revision(1), unblocked: [] };

function caseOf(object: Rollout): Case {
  return openCase(
    evidence({
      incident: incident({ workload: ROLLOUT_WEB }),
      workload: asStored(ROLLOUT_WEB, object),
      pods: [ofRevision(1, pod({ name: "web-1-a" })), ofRevision(2, crashingPod({ name: "web-2-a" }))],
      holders: [rolloutSet(1, 2), rolloutSet(2, 0)],
    }),
    policy(),
  );
}

const isAborted = (object: Rollout, change = (facts: Case) => facts) =>
  withRollouts(() => isAbortable(plan, change(caseOf(object))));

/** The case where the present revision was made before the stable one: somebody goes back to it. */
const earlier = (facts: Case): Case => ({
  ...facts,
  current: facts.current && { ...facts.current, created: new Date(ago(200_000)) },
});

describe("an abort stands in the place of a rollback", () => {
  it("to what was promoted last", () => {
    expect(isAborted(rollout(STATUS))).toBe(true);
    expect(asAbort(plan)).toEqual({ action: "rollout-abort", before: plan.before, after: plan.after });
  });

  it("while the pods of the aborted revision go in time", () => {
    const kept = (abortScaleDownDelaySeconds: number) =>
      isAborted(rollout(STATUS, { strategy: { canary: { trafficRouting: {}, abortScaleDownDelaySeconds } } }));

    expect([30, 300, 301, 0].map(kept)).toEqual([true, true, false, false]);
  });

  it("not where its controller may wait for ever for the aborted pods to go", () => {
    const scaled = (canary: object) =>
      isAborted(rollout(STATUS, { strategy: { canary: { trafficRouting: {}, dynamicStableScale: true, ...canary } } }));

    expect(scaled({})).toBe(true);
    expect(scaled({ abortScaleDownDelaySeconds: 30 })).toBe(false);
  });

  it("not on the way to an earlier revision that its controller wants to see through", () => {
    const within = rollout(STATUS, { rollbackWindow: { revisions: 3 } });

    expect(isAborted(within)).toBe(true);
    expect(isAborted(within, earlier)).toBe(false);
    expect(isAborted(rollout(STATUS), earlier)).toBe(true);
  });

  it("not before its controller has seen its spec", () => {
    expect(isAborted(rollout({ ...STATUS, observedGeneration: "1" }))).toBe(false);
  });

  it("of a Rollout alone, and of nothing but a rollback", () => {
    const facts = openCase(evidence({ workload: deployment() }), policy());

    expect(withRollouts(() => isAbortable(plan, facts))).toBe(false);
    expect(withRollouts(() => isAbortable(asAbort(plan) ?? plan, caseOf(rollout(STATUS))))).toBe(false);
  });

  it("and is taken back as the one that it was", () => {
    const { before, after } = plan;
    const change = { kind: "rollout-abort", before, after, aborted_at: "then" } as const;

    expect(triedAgain(change)).toEqual({ ...asAbort(plan), back: { aborted_at: "then" } });
  });
});
