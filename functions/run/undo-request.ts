import { isAnswered } from "./asked-for.ts";
import type { Report, WorkloadRun } from "./contracts.ts";
import { isInOtherHands } from "./what-stands.ts";

/**
 * What a request `undo` takes to take back what was done, for whoever waits for the answer. Undefined where nothing was done,
 * where it cannot be undone, or is undone already, and where somebody else has taken the workload in hand since.
 */
export function undoRequestOf(run: WorkloadRun): Report["undo_request"] {
  const { incident, execution, dry_run: dryRun, remedy, diagnosis, undo, undo_error, verification } = run;
  if (!isAnswered(incident) || dryRun || remedy?.status !== "applied" || remedy.change === undefined) return undefined;
  if (remedy.undo === "cannot be undone" || verification?.verdict === "taken_back") return undefined;
  if (undo !== undefined || undo_error !== undefined || isInOtherHands(run)) return undefined;
  const uid = diagnosis?.workload_uid;
  return { execution: execution.name, change: remedy.change, ...(uid === undefined ? {} : { uid }) };
}
