import { RunOutput } from "../run/output.ts";
import { isNotThere, type ErrorName } from "../shared/errors.ts";
import { HELD_BACK, type Refusal } from "../run/refusals.ts";

/** What stands in the way for a time. */
const PASSING: readonly string[] = [
  ...(["AlreadyClaimed", "CoolingDown", "RolloutInProgress", "DisruptionBudgetExhausted"] satisfies Refusal[]),
  ...(["MayPass", "WaitsForAnother", ...HELD_BACK] satisfies Refusal[]),
];
const NO_POD: ErrorName = "PodNotFound";
/** What was decided is not what would be done now. */
const DECIDED_OTHERWISE: readonly string[] = ["PlanChanged", "ApprovalExpired"] satisfies Refusal[];

/**
 * What an agent is to do next, by what an execution has answered about the one workload that it was asked about; undefined where
 * nothing is left to do.
 */
export function nextOf(output: unknown): string | undefined {
  const { data } = RunOutput.safeParse(output);
  const [result, ...others] = data?.workloads ?? [];
  if (result === undefined || others.length > 0) return undefined;
  const { outcome, reason = "", needs_person: needsPerson, undo_request: undoRequest } = result;
  if (reason === ("ApprovalNeeded" satisfies Refusal)) {
    return outcome === "DryRun"
      ? "Nothing is proposed yet: ask for the remedy without dry_run, and it is proposed to people."
      : "Show a person what is proposed, and its plan: it is for them to approve or decline.";
  }
  if (DECIDED_OTHERWISE.includes(reason))
    return "Show a person what would be done now: it needs an approval of its own.";
  // That a pod is gone may be what was wanted, of which its siblings know nothing.
  if (outcome === "Skipped" && reason === NO_POD)
    return "That pod is not there: its restart may be done already. Ask for another pod only if detect_failures or a person names it.";
  if (outcome === "Skipped" && isNotThere(reason))
    return "Nothing is there under that name: ask again only with one that the summary, detect_failures or a person gives.";
  if (PASSING.includes(reason)) return "What stands in the way may pass by itself: ask again later, and not at once.";
  if (needsPerson) return "A person has to look at it: show them the summary, and do not ask for the same again.";
  return undoRequest === undefined ? undefined : "Should it turn out to be wrong, undo takes it back by undo_request.";
}
