import { isAnswered } from "../run/asked-for.ts";
import type { Report, WorkloadRun } from "../run/contracts.ts";
import { Refusal } from "../run/refusals.ts";
import { stoppedBy } from "../run/redrive.ts";
import { lastTry } from "../run/tries.ts";
import { isInOtherHands } from "../run/what-stands.ts";
import { remedyFor } from "../remedies/remedies.ts";
import { isTakenBack } from "../remedies/taken-back.ts";
import { isNotThere } from "../shared/errors.ts";
import { undoCommands } from "./commands.ts";
import { adviceOn, type Advice } from "./error-advice.ts";
import { refusalStep } from "./refusal-steps.ts";

/** What a person should do next, and how what was done is taken back. */
export interface NextSteps extends Advice {
  takeBack: string[];
}

/**
 * What a person should do next about a workload.
 * @param isLate whether it is told late, so that it may be otherwise by now
 */
export function nextSteps(run: WorkloadRun, report: Report, isLate = false): NextSteps {
  const error = run.undo_error ?? (run.remedy?.status === "applied" ? run.error : (run.remedy_error ?? run.error));
  if (report.outcome === "Skipped" && isNotThere(error?.Error)) {
    return only(run.incident.missing === undefined ? undefined : NOT_THERE);
  }
  if (error !== undefined && report.outcome !== "RolledBack") {
    return { ...adviceOn(error.Error, run.cluster_name), takeBack: [] };
  }
  switch (report.outcome) {
    case "Recovered":
      return afterRecovery(run);
    case "RolledBack":
      return only(isLate ? STILL_FAILING : `It is as it was before, and was not looked at since. ${STILL_FAILING}`);
    case "Undone":
      return only(undone(run));
    case "Unresolved": {
      const takeBack = takenBackBy(run);
      // What its step ended with stands in the way of the rest.
      const rest = run.verification?.verdict === "cut_short" ? stoppedBy(run) : undefined;
      const advice = rest === undefined ? undefined : adviceOn(rest.Error, run.cluster_name);
      return {
        nextSteps: [look(run, isLate), ...(advice?.nextSteps ?? []), ...inPlace(run, takeBack, isLate)],
        commands: advice?.commands ?? [],
        takeBack,
      };
    }
    case "DryRun":
      return only(refused(run, report) ?? carryOut(run));
    case "Skipped":
      return only(refused(run, report));
    default:
      return only(undefined);
  }
}

function only(step: string | undefined): NextSteps {
  return { nextSteps: step === undefined ? [] : [step], commands: [], takeBack: [] };
}

/** What to do about a refusal: its own words say so, or what is known of refusals of that name. */
function refused({ diagnosis, remedy, incident }: WorkloadRun, report: Report): string | undefined {
  if (!report.needs_person && !isAnswered(incident)) return undefined;
  const known = Refusal.safeParse(report.reason).data;
  const step = known === undefined ? undefined : refusalStep(known, incident.workload);
  if (step !== undefined) return step;
  if (!report.needs_person) return undefined;
  if (diagnosis?.remedy.action === "none") return diagnosis.remedy.message;
  return remedy?.status === "refused" ? remedy.message : undefined;
}

/** How what a dry run has told is carried out. */
function carryOut({ incident, diagnosis, remedy: planned }: WorkloadRun): string {
  const { remedy } = diagnosis ?? {};
  const isDecline = incident.approval?.decision === "decline";
  if (isDecline && remedy?.action === "none" && remedy.refusal === ("Declined" satisfies Refusal))
    return "Send the same request without dry_run to decline it.";
  if (remedy?.action === "none") return "Nothing would be done about it.";
  if (planned?.refusal !== undefined)
    return "It would be held back now, as is said above: once that is over, the same request without dry_run carries it out.";
  return isAnswered(incident)
    ? "Send the same request without dry_run to carry it out."
    : "The same request without dry_run carries out all that it finds, as far as the policy lets it.";
}

/** That something was taken back, and what comes of that where its tool goes on by itself. */
function undone({ remedy }: WorkloadRun): string {
  const change = remedy?.change;
  if (change === undefined || !isTakenBack(change)) return UNDONE;
  const { next } = remedyFor(change.kind).words.afterwards(change, true);
  return [UNDONE, next].filter(Boolean).join(" ");
}

/** What is left to do about what is well again. */
function afterRecovery(run: WorkloadRun): NextSteps {
  const { incident, remedy, diagnosis } = run;
  const change = remedy?.change;
  if (change === undefined) return only(undefined);
  const asked = incident.requested !== undefined;
  const { next, takesBack } = remedyFor(change.kind).words.afterwards(change, asked, diagnosis?.cause);
  return { ...only(next), takeBack: takesBack === true ? takenBackBy(run) : [] };
}

/**
 * The command that takes back what is in place, where that is known to be. What somebody else has put there stays, and what
 * failed is not brought back: the template from before a rollback, unless it was well.
 */
function takenBackBy(run: WorkloadRun): string[] {
  const { incident, undo } = run;
  if (isInOtherHands(run) || undo?.status === "overtaken") return [];
  const remedy = lastDone(run);
  const bringsBack = remedy?.change !== undefined && remedyFor(remedy.change.kind).words.bringsBack === true;
  if (bringsBack && !wasWell(run)) return [];
  return undoCommands(incident.workload, remedy);
}

/** The last remedy with a change: what was tried in vain and cannot be undone by the workflow is still in place, too. */
function lastDone(run: WorkloadRun): WorkloadRun["remedy"] {
  return run.remedy?.change === undefined ? lastTry(run)?.remedy : run.remedy;
}

/** Whether nothing is known to have failed before. */
function wasWell({ incident, diagnosis }: WorkloadRun): boolean {
  const { ready, wanted } = diagnosis?.sight ?? {};
  return incident.failing_pods === 0 && incident.failures.length === 0 && ready !== undefined && ready >= (wanted ?? 0);
}

/** Why a person has to look, as far as that is known. */
function look(run: WorkloadRun, isLate: boolean): string {
  const { claim, diagnosis, verification, undo } = run;
  if (claim?.resume === "end") {
    return "Look at it together with what was told of it since: whether it is well by now is not known.";
  }
  if (verification?.verdict === "interrupted") {
    return "Ask whoever did that what comes next: the remedy was carried out, and nobody knows whether it helped.";
  }
  if (verification?.verdict === "overtaken" || undo?.status === "overtaken") {
    return "Look at it together with whoever changed it: whether it is well by now is not known.";
  }
  if (verification?.verdict === "nothing_runs")
    return "Look at it once pods of it run: nothing shows its effect before.";
  if (verification?.verdict === "cut_short") {
    return stoppedBy(run) === undefined
      ? "Find out why so many pods failed at once. The next scan looks at those that still fail."
      : "Look at what its step ended with, and at the pods that still fail.";
  }
  const well = diagnosis?.remedy.action === "none" && diagnosis.remedy.refusal === "NotFailingAnymore";
  if (well) return "Look whether it stays well.";
  // The last look at how it is was before the undo, or before the execution was stopped.
  const isLookedAt = (claim?.redrive ?? 0) === 0 || verification !== undefined;
  return isLate || !isLookedAt || undo?.status === "applied" ? STILL_FAILING : "Look at it now: it still fails.";
}

/** Whether what was done is in place; nothing where that is not known, or it cannot be taken back. */
function inPlace(run: WorkloadRun, takeBack: readonly string[], isLate: boolean): string[] {
  const remedy = lastDone(run);
  if (remedy?.status !== "applied") return [];
  const isLeftToPeople = remedy !== run.remedy || remedy.undo === "cannot be undone";
  if (isLeftToPeople && takeBack.length === 0) return [];
  if (isInOtherHands(run) || run.undo?.status === "overtaken") return [];
  if (run.undo === undefined && !isLate) return ["What was done is still in place."];
  const unknown = "Whether what was done is still in place is not known.";
  return [takeBack.length === 0 ? unknown : `${unknown} If it is, the command below takes it back.`];
}

const NOT_THERE = "Ask again with the name of what is there, if it was mistyped.";
const UNDONE =
  "What that remedy had set is as it was before it, as was asked for. Whether the workload is well was not looked at.";
const STILL_FAILING = "Look whether it still fails, and find the cause with the evidence below if it does.";
