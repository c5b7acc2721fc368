import { isAnswered } from "../run/asked-for.ts";
import type { End, Report, WorkloadRun } from "../run/contracts.ts";
import { HELD_BACK, type Refusal } from "../run/refusals.ts";
import { tellsThatItWorks } from "../run/works-again.ts";
import { planOf, remedyFor } from "../remedies/remedies.ts";
import { isNotThere } from "../shared/errors.ts";
import { Action } from "../shared/policy.ts";

/** Refusals that pass by themselves. */
const WAITING: readonly string[] = [
  "AlreadyClaimed",
  "DisruptionBudgetExhausted",
  "InStorm",
  "MayPass",
  "NoLongerAllowed",
  "ObjectChanged",
  "RolloutInProgress",
  "WaitsForAnother",
  ...HELD_BACK,
] satisfies Refusal[];

/** How it ended that something failed of which people were told. */
const ENDED: Readonly<Record<End, string>> = {
  works: "Works again",
  succeeded: "Succeeded",
  "scaled to 0": "Scaled to 0",
  "runs nowhere": "Runs nowhere",
};

/**
 * How it ended, in plain words, for the subject of a message: whoever is woken by it knows from it whether to get up.
 * @param isLate whether it is told late, so that it may be otherwise by now
 */
export function headlineOf(run: WorkloadRun, { outcome, reason = "", needs_person }: Report, isLate = false): string {
  const asked = isAnswered(run.incident);
  switch (outcome) {
    case "Recovered":
      return asked ? "Done as asked" : "Fixed";
    case "RolledBack":
      return asked || isLate ? "Undone" : "Undone, did not help";
    case "Undone":
      return "Undone as asked";
    case "Unresolved":
      return needs_person ? "Needs you" : "Partly done";
    case "DryRun":
      return would(planOf(run.diagnosis?.remedy)?.action);
    case "Skipped":
      return skipped(run, reason, needs_person, asked);
    default:
      return outcome;
  }
}

function skipped(run: WorkloadRun, reason: string, needsPerson: boolean, asked: boolean): string {
  if (isNotThere(reason)) return run.incident.missing === undefined ? "Gone" : "Not found";
  if (reason === ("AlreadyAsRequested" satisfies Refusal)) return "Nothing to do";
  if (reason === ("NotFailingAnymore" satisfies Refusal))
    return tellsThatItWorks(run) ? ENDED[run.diagnosis?.ended ?? "works"] : "Nothing fails any more";
  if (reason === ("ApprovalNeeded" satisfies Refusal)) return "Approve or decline";
  if (reason === ("Stopped" satisfies Refusal)) return "Stopped";
  if (reason === ("Declined" satisfies Refusal)) return "Declined";
  if (asked) return "Not done";
  // What a mode leaves to people is the last that was considered.
  if (reason === ("DiagnoseOnly" satisfies Refusal)) return would(run.diagnosis?.rejected.at(-1)?.action);
  if (needsPerson) return "Needs you";
  return WAITING.includes(reason) ? "Waiting" : "Left alone";
}

function would(action: string | undefined): string {
  const known = Action.safeParse(action).data;
  if (known === undefined) return "Would do nothing";
  return `Would ${remedyFor(known).words.verb ?? known}`;
}
