import type { WorkloadState } from "../facts/state.ts";
import { remedyFor } from "../remedies/remedies.ts";
import type { Change, UndoVerification, WorkloadRun } from "../run/contracts.ts";
import { withArticle } from "../shared/text.ts";

/**
 * Judges whether an undone remedy is really undone: the object is again as it was before the remedy, and its controller
 * has seen that. Whether the workload is well again is not asked: it was failing before, too.
 */
export function verifyUndo(run: WorkloadRun, state: WorkloadState, now: Date): UndoVerification {
  const reasons = run.remedy?.change === undefined ? [] : remains(run.remedy.change, state);
  if (reasons.length === 0) return { verdict: "undone", reasons: [] };
  if (isToBegin(run, state)) return { verdict: "not_begun", reasons };
  // An undo whose step ended with an error has no deadline: what was not done by now will not be done.
  const late = run.undo === undefined || now.getTime() >= Date.parse(run.undo.deadline);
  return { verdict: late ? "not_undone" : "settling", reasons };
}

/** Whether the execution was stopped at its undo, and the workload is as the remedy left it. */
function isToBegin({ claim, remedy, undo, undo_error, diagnosis }: WorkloadRun, state: WorkloadState): boolean {
  if (claim?.resume !== "undo" || (undo ?? undo_error) !== undefined || remedy?.change === undefined) return false;
  return remedyFor(remedy.change.kind).overtaken(remedy.change, state, diagnosis) === undefined;
}

function remains(change: Change, state: WorkloadState): string[] {
  const { undo } = remedyFor(change.kind);
  return undo === "cannot be undone" ? [`${withArticle(change.kind)} cannot be undone`] : undo.remains(change, state);
}
