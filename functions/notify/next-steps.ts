import type { Change, Report, WorkloadRun } from "../run/contracts.ts";
import { lastTry } from "../run/tries.ts";
import { isInOtherHands } from "../run/outcome.ts";
import { remedyFor } from "../remedies/remedies.ts";
import { undoCommands } from "./commands.ts";
import { adviceOn, type Advice } from "./error-advice.ts";

/**
 * What a person should do next about a workload.
 * @param isLate whether it is told late, so that it may be otherwise by now
 */
export function nextSteps(run: WorkloadRun, report: Report, isLate = false): Advice {
  const error = run.undo_error ?? (run.remedy?.status === "applied" ? run.error : (run.remedy_error ?? run.error));
  if (error !== undefined && report.outcome !== "RolledBack") return adviceOn(error.Error, run.cluster_name);
  // What was tried in vain and cannot be undone by the workflow is still in place, too.
  const remedy = run.remedy?.change === undefined ? lastTry(run)?.remedy : run.remedy;
  const undo = undoCommands(run.incident.workload, remedy);
  const done = remedy?.change;
  switch (report.outcome) {
    case "Recovered":
      return done === undefined ? NONE : afterRecovery(done, run, undo);
    case "RolledBack":
      return {
        nextSteps: [
          isLate
            ? STILL_FAILING
            : "The workload is as it was before, and still fails: find the cause with the evidence above.",
        ],
        commands: [],
      };
    case "Undone":
      return { nextSteps: [UNDONE], commands: undo };
    case "Unresolved":
      return {
        nextSteps: [look(run, isLate), ...wayBack(run, undo, isLate)],
        commands: isInOtherHands(run) ? [] : undo,
      };
    case "DryRun":
      return { nextSteps: [refused(run, report) ?? carryOut(run)], commands: [] };
    case "Skipped": {
      const message = refused(run, report);
      return message === undefined ? NONE : { nextSteps: [message], commands: [] };
    }
    default:
      return NONE;
  }
}

/** The message of a refusal, which says what to do about it. */
function refused({ diagnosis }: WorkloadRun, { needs_person }: Report): string | undefined {
  return diagnosis?.remedy.action === "none" && needs_person ? diagnosis.remedy.message : undefined;
}

/** How what a dry run has told is carried out. */
function carryOut({ incident, diagnosis }: WorkloadRun): string {
  if (diagnosis?.remedy.action === "none") return "Nothing would be done about it.";
  return incident.requested === undefined
    ? "The same request without dry_run carries out all that it finds, as far as the policy lets it."
    : "Send the same request without dry_run to carry it out.";
}

/** What is left to do about what is well again. */
function afterRecovery(done: Change, { incident }: WorkloadRun, undo: string[]): Advice {
  const { next, takesBack } = remedyFor(done.kind).words.afterwards(done, incident.requested !== undefined);
  return { nextSteps: next === undefined ? [] : [next], commands: takesBack === true ? undo : [] };
}

/** Why a person has to look, as far as that is known. */
function look({ claim, diagnosis, verification, undo, remedy_error }: WorkloadRun, isLate: boolean): string {
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
    return remedy_error === undefined
      ? "Find out why so many pods failed at once. The next scan looks at those that still fail."
      : "Look at what its step ended with, and at the pods that still fail.";
  }
  const well = diagnosis?.remedy.action === "none" && diagnosis.remedy.refusal === "NotFailingAnymore";
  if (well) return "Look whether it stays well.";
  return isLate ? STILL_FAILING : "Look at it now: it still fails.";
}

/** What the last command is for; nothing where there is none, or where it would take back what somebody else did. */
function wayBack(run: WorkloadRun, undo: readonly string[], isLate: boolean): string[] {
  if (undo.length === 0 || isInOtherHands(run)) return [];
  return [
    run.undo === undefined && !isLate
      ? "The remedy is still in place. The last command takes it back."
      : "If the remedy is still in place, the last command takes it back.",
  ];
}

const STILL_FAILING = "Look whether it still fails, and find the cause with the evidence above if it does.";
const UNDONE =
  "It is as it was before that remedy, as was asked for. Whether it is well was not looked at. The last command takes this back.";
const NONE: Advice = { nextSteps: [], commands: [] };
