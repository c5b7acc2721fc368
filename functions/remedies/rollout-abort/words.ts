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
      ? `Take the abort back, by which the rollout of revision ${before.revision} begins anew.`
      : "It is not taken back in turn: abort the rollout again, if that is wanted.",
  undone: ({ before }) => `The abort was taken back: the rollout of revision ${before.revision} is to go on.`,
  bringsBack: true,
  undoCommand: ({ back }, workload) => (back === undefined ? retry(workload) : undefined),
  afterwards: ({ before, after, back }) => ({
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
    return `${dryRun ? "Would take" : "Took"} the abort of revision ${before.revision} back, for its controller to begin that rollout anew.`;
  }
  const [aborted, stays] = dryRun ? ["Would abort", "would stay"] : ["Aborted", "stays"];
  return `${aborted} the rollout of revision ${before.revision}, for its controller to go back to revision ${after.revision}, which was promoted last; its spec ${stays} as it is.`;
}

function abort({ namespace, name }: WorkloadRef): Command {
  return { words: ["kubectl", "argo", "rollouts", "abort", name, "-n", namespace] };
}

/** The command that has an aborted rollout begin anew. */
function retry({ namespace, name }: WorkloadRef): Command {
  return { words: ["kubectl", "argo", "rollouts", "retry", "rollout", name, "-n", namespace] };
}
