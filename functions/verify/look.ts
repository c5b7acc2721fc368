import type { WorkloadState } from "../facts/state.ts";
import { planOf, remedyFor } from "../remedies/remedies.ts";
import { isTakenBack } from "../remedies/taken-back.ts";
import type { Beginning } from "../run/begin-remedy.ts";
import type { RemedyResult, WorkloadRun } from "../run/contracts.ts";
import { settling } from "../run/settling.ts";
import { errorText } from "../shared/caught-error.ts";
import type { Policy } from "../shared/policy.ts";

/**
 * Tells what a remedy's step did that ended with an error: it may have evicted some pods before it was refused the next,
 * or its answer may have been lost after its write took effect. What is found is verified, and undone, like any remedy. Where
 * the step had not begun, what looks like its effect is somebody else's work, and none of that is undone.
 * @param beginning what the claim tells of whether it had begun
 */
export function lookWhatWasDone(
  run: WorkloadRun,
  state: WorkloadState,
  beginning: Beginning,
  policy: Policy,
  now: Date,
): RemedyResult {
  const times = settling(run, policy, now);
  const failed = run.remedy_error;
  const ended =
    failed === undefined ? " Its step was stopped." : ` Its step ended with ${failed.Error}: ${errorText(failed)}`;
  const plan = run.dry_run || beginning === "not begun" ? undefined : planOf(run.diagnosis?.remedy);
  const remedy = plan === undefined ? undefined : remedyFor(plan.action);
  const change = plan === undefined ? undefined : remedy?.seen(plan, state);
  if (remedy === undefined || change === undefined) {
    // It may have been there: others may have changed it while the execution was stopped.
    const nothing = failed === undefined ? unseen(beginning, run.diagnosis?.remedy.action) : NOT_APPLIED;
    return { status: "failed", message: `${nothing}${ended}`, ...times };
  }
  const by =
    beginning === "not known" ? " Its claim was lost, so it is not known whether this execution did that." : "";
  const undo = remedy.undo === "cannot be undone" || isTakenBack(change) ? "cannot be undone" : "can be undone";
  return { status: "applied", message: `${remedy.words.found(change)}${by}${ended}`, change, undo, ...times };
}

const NOT_APPLIED = "The remedy was not applied.";

/** What is said where nothing is to be seen of the remedy, whose step was stopped. */
function unseen(beginning: Beginning, action = "remedy"): string {
  switch (beginning) {
    case "begun":
      return `Nothing is to be seen of the ${action}, which had begun: it had written nothing yet, or others have changed that since.`;
    case "not known":
      return `Nothing is to be seen of the ${action}. Whether it had begun is not known: the claim that would tell is lost.`;
    case "not begun":
      return NOT_APPLIED;
  }
}
