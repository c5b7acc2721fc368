import { describeWorkload } from "../../kinds/workloads.ts";
import type { WorkloadRef } from "../../shared/refs.ts";
import type { Command, Words } from "../remedy.ts";
import type { RolloutAbortChange, RolloutAbortPlan } from "./contract.ts";

/** What people are told of an abort. */
export const words: Words<RolloutAbortPlan, RolloutAbortChange> = {
  verb: "abort",
  did: (change, _workload, dryRun) => done(change, dryRun),
  would: (plan) => done(plan, true),
  byHand: ({ back }, workload) => (back === undefined ? abort(workload) : retry(workload)),
  found: ({ before, back }) =>
    `The rollout of revision ${before.revision} is ${back ? "not aborted any more" : "aborted"}.`,
  changed: ({ before, back }, workload) => [
    `${describeWorkload(workload)}: rollout of revision ${before.revision} ${back ? "not aborted any more" : "aborted"}, in its status alone`,
  ],
  wayBack: ({ before, back }) =>
    back === undefined
      ? `Take the abort back, for which its controller begins the rollout of revision ${before.revision} anew.`
      : "It is not taken back in turn: abort the rollout again, if that is wanted.",
  undone: ({ before }) =>
    `The abort was taken back: its controller begins the rollout of revision ${before.revision} anew.`,
  bringsBack: true,
  undoCommand: ({ back }, workload) => (back === undefined ? retry(workload) : undefined),
  afterwards: ({ before, after, back }, _wasAsked) => ({
    next:
      back !== undefined
        ? `Look at how the rollout of revision ${before.revision} fares: it failed before it was aborted.`
        : `Revision ${after.revision} serves. The Rollout is meant to show as Degraded (RolloutAborted) for now: what it is to run is still revision ${before.revision}. ` +
          "Mend or revert that where its manifest is kept, and have it rolled out, which ends the abort; where the cause is mended elsewhere, `kubectl argo rollouts retry rollout` has it tried again.",
  }),
};

function done(parts: RolloutAbortPlan | RolloutAbortChange, dryRun: boolean): string {
  const { before, after, back } = parts;
  if (back !== undefined) {
    const took = dryRun ? "Would take" : "Took";
    return `${took} the abort of revision ${before.revision} back, for which its controller ${dryRun ? "would begin" : "begins"} that rollout anew.`;
  }
  const [aborted, goes, stays] = dryRun ? ["Would abort", "would go", "would stay"] : ["Aborted", "goes", "stays"];
  return `${aborted} the rollout of revision ${before.revision}: its controller ${goes} back to revision ${after.revision}, which was promoted last, and its spec ${stays} as it is.`;
}

function abort({ namespace, name }: WorkloadRef): Command {
  return { words: ["kubectl", "argo", "rollouts", "abort", name, "-n", namespace] };
}

/** The command that has an aborted rollout begin anew. */
function retry({ namespace, name }: WorkloadRef): Command {
  return { words: ["kubectl", "argo", "rollouts", "retry", "rollout", name, "-n", namespace] };
}
