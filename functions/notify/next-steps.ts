import type { Report, WorkloadRun } from "../run/contracts.ts";
import { lastTry } from "../run/tries.ts";
import { remedyFor } from "../remedies/remedies.ts";
import { undoCommands } from "./commands.ts";
import { adviceOn, type Advice } from "./error-advice.ts";

/** What a person should do next about a workload. */
export function nextSteps(run: WorkloadRun, report: Report): Advice {
  const error = run.undo_error ?? (run.remedy?.status === "applied" ? run.error : (run.remedy_error ?? run.error));
  if (error !== undefined && report.outcome !== "RolledBack") return adviceOn(error.Error, run.cluster_name);
  // What was tried in vain and cannot be undone by the workflow is still in place, too.
  const remedy = run.remedy?.change === undefined ? lastTry(run)?.remedy : run.remedy;
  const undo = undoCommands(run.incident.workload, remedy);
  const done = remedy?.change;
  switch (report.outcome) {
    case "Recovered":
      return done === undefined ? NONE : { nextSteps: [remedyFor(done.kind).words.afterwards], commands: undo };
    case "RolledBack":
      return {
        nextSteps: ["The workload is as it was before, and still fails: find the cause with the evidence above."],
        commands: [],
      };
    case "Unresolved":
      return {
        nextSteps: [
          "Look at it now: it still fails.",
          ...(undo.length === 0 ? [] : ["The remedy is still in place. The last command takes it back."]),
        ],
        commands: undo,
      };
    case "DryRun":
      return { nextSteps: ["Send the same request without dry_run to carry it out."], commands: [] };
    case "Skipped":
      // The message of a refusal says what to do about it.
      return run.diagnosis?.remedy.action === "none" && report.needs_person
        ? { nextSteps: [run.diagnosis.remedy.message], commands: [] }
        : NONE;
    default:
      return NONE;
  }
}

const NONE: Advice = { nextSteps: [], commands: [] };
