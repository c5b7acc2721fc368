import { isAnswered } from "./asked-for.ts";
import type { Change, Report, WorkloadRun } from "./contracts.ts";
import { bringsFailureBack } from "./history.ts";
import { isInOtherHands } from "./what-stands.ts";

/**
 * What a request `undo` takes to take back what was done, for whoever waits for the answer. Undefined where nothing was done,
 * where it cannot be undone, or is undone already, where somebody else has taken the workload in hand since, and where the request
 * would be refused to them.
 */
export function undoRequestOf(run: WorkloadRun): Report["undo_request"] {
  const { incident, execution, dry_run: dryRun, remedy, diagnosis, undo, undo_error, verification } = run;
  if (!isAnswered(incident) || dryRun || remedy?.status !== "applied" || remedy.change === undefined) return undefined;
  if (remedy.undo === "cannot be undone" || verification?.verdict === "taken_back") return undefined;
  if (undo !== undefined || undo_error !== undefined || isInOtherHands(run)) return undefined;
  if (isRefused(remedy.change, run)) return undefined;
  const uid = diagnosis?.workload_uid;
  return { execution: execution.name, change: remedy.change, ...(uid === undefined ? {} : { uid }) };
}

/** Whether such a request would be refused: the workflow scales nothing to zero on request, and brings no failure back for an agent. */
function isRefused(change: Change, { incident, diagnosis }: WorkloadRun): boolean {
  if (change.kind === "scale" && change.scale.target === "replicas" && change.scale.from === 0) return true;
  const { origin } = incident.approval ?? incident;
  return origin !== "person" && bringsFailureBack({ action: change.kind, cause: diagnosis?.cause ?? "" });
}
