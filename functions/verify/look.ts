import type { WorkloadState } from "../facts/state.ts";
import { planOf, remedyFor } from "../remedies/remedies.ts";
import type { RemedyResult, WorkloadRun } from "../run/contracts.ts";
import { settling } from "../run/settling.ts";
import { errorText } from "../shared/caught-error.ts";
import type { Policy } from "../shared/policy.ts";

/**
 * Tells what a remedy's step did that ended with an error: it may have evicted some pods before it was refused the next,
 * or its answer may have been lost after its write took effect. What is found is verified, and undone, like any remedy. Where
 * the step had not begun, what looks like its effect is somebody else's work, and none of that is undone.
 */
export function lookWhatWasDone(
  run: WorkloadRun,
  state: WorkloadState,
  mayHaveBegun: boolean,
  policy: Policy,
  now: Date,
): RemedyResult {
  const times = settling(run, policy, now);
  const failed = run.remedy_error;
  const ended =
    failed === undefined ? " Its step was stopped." : ` Its step ended with ${failed.Error}: ${errorText(failed)}`;
  // It may have been there: others may have changed it while the execution was stopped.
  const isUnknown = mayHaveBegun && failed === undefined;
  const nothing = isUnknown ? "Nothing is to be seen of the remedy, which had begun." : "The remedy was not applied.";
  const plan = run.dry_run || !mayHaveBegun ? undefined : planOf(run.diagnosis?.remedy);
  const remedy = plan === undefined ? undefined : remedyFor(plan.action);
  const change = plan === undefined ? undefined : remedy?.seen(plan, state);
  if (remedy === undefined || change === undefined) {
    return { status: "failed", message: `${nothing}${ended}`, ...times };
  }
  const undo = remedy.undo === "cannot be undone" ? remedy.undo : "can be undone";
  return { status: "applied", message: `${remedy.words.found(change)}${ended}`, change, undo, ...times };
}
