import type { Case } from "../../facts/case.ts";
import { outOfBand } from "../../facts/out-of-band.ts";
import { ownerOf, STATUS, TEMPLATE } from "../../facts/owners.ts";
import { isWithinWindow, keptAfterAbort, leadsBack, mayNeverGiveWay } from "../../kinds/argo-rollout/abort.ts";
import { ROLLOUT } from "../../kinds/argo-rollout/kind.ts";
import type { Rollout } from "../../kinds/argo-rollout/rollout.ts";
import { kindOf } from "../../kinds/kinds.ts";
import type { RevisionRef } from "../../shared/refs.ts";
import type { Plan } from "../remedy.ts";
import type { RolloutAbortChange, RolloutAbortPlan } from "./contract.ts";

/** How long the pods of an aborted revision may stay, in seconds, for it to be seen in time that they are gone. */
const MAX_KEPT_SECONDS = 300;

/** Whether an abort does what a rollback would, and leaves the spec alone. */
export function isAbortable(plan: Plan, facts: Case): boolean {
  const rollout = rolloutIn(facts);
  if (plan.action !== "rollback" || rollout === undefined) return false;
  return (
    ROLLOUT.hasSeenSpec(rollout) &&
    leadsBack(rollout, plan.after) &&
    keptAfterAbort(rollout) <= MAX_KEPT_SECONDS &&
    !mayNeverGiveWay(rollout) &&
    // What drives it may have plans of its own for its rollout; who only keeps its manifest has none.
    ownerOf(rollout.metadata, STATUS) === undefined &&
    !isWithinWindow(rollout, plan.after, facts) &&
    !isPastOwner(plan.after, facts)
  );
}

/** The abort in the place of the rollback. */
export function asAbort(plan: Plan): RolloutAbortPlan | undefined {
  if (plan.action !== "rollback") return undefined;
  return { action: "rollout-abort", before: plan.before, after: plan.after };
}

/** The abort taken back, by which its controller begins the rollout anew. */
export function triedAgain({ before, after, aborted_at }: RolloutAbortChange): RolloutAbortPlan {
  return { action: "rollout-abort", before, after, back: { aborted_at } };
}

function rolloutIn({ evidence: { incident, workload } }: Case): Rollout | undefined {
  return kindOf(incident.workload)?.kind === ROLLOUT.kind ? workload : undefined;
}

/** Whether the template was written past the tool that keeps it: that tool's own is put back then, as it wants it. */
function isPastOwner(after: RevisionRef, facts: Case): boolean {
  const tool = ownerOf(facts.evidence.workload?.metadata, TEMPLATE)?.tool;
  return tool !== undefined && outOfBand(tool, facts, after) !== undefined;
}
