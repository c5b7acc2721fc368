import type { Change, Verification, WorkloadRun } from "../run/contracts.ts";
import { isReplaced, undoVerification } from "../run/what-stands.ts";
import { isUnseen } from "../run/redrive.ts";
import { lastTry } from "../run/tries.ts";
import { remedyFor } from "../remedies/remedies.ts";
import { bounded, moment } from "../shared/text.ts";

/** What was done, step by step, each with when, and what may have been done. What would have been done was not. */
export function done(run: WorkloadRun): string[] {
  const { diagnosis, tries = [], remedy, undo, undo_error } = run;
  return [
    ...tries.map((earlier) => `${at(earlier.remedy)} It did not help.`),
    isUnseen(run) ? `Perhaps the remedy (${diagnosis?.remedy.action ?? "none"}): nobody could look.` : undefined,
    remedy?.status === "applied" ? at(remedy) : undefined,
    undo_error === undefined ? undefined : `Perhaps the undo: its step ended with ${undo_error.Error}.`,
    undo_error === undefined && undo?.status === "applied" ? at(undo) : undefined,
  ].filter((text) => text !== undefined);
}

function at({ message, done_at: when }: { message: string; done_at?: string | undefined }): string {
  return when === undefined ? message : `${moment(new Date(when))}: ${message}`;
}

/** Everything that was changed, in order: what was tried in vain and cannot be undone, and what the last remedy did. */
export function changesOf({ tries = [], remedy }: WorkloadRun): Change[] {
  const all = [...tries.map((earlier) => earlier.remedy), remedy];
  return all.flatMap((each) => (each?.status === "applied" ? (each.change ?? []) : []));
}

/** What is different on the cluster for all that is known, in words, one for each thing that was written. */
export function changed(run: WorkloadRun): string[] {
  const changes = changesOf(run);
  return (isTakenAway(run) ? changes.slice(0, -1) : changes).flatMap((each) =>
    remedyFor(each.kind).words.changed(each, run.incident.workload),
  );
}

/** Whether the last change is not there any more: it was taken back, or somebody else put something in its place. */
function isTakenAway(run: WorkloadRun): boolean {
  if (run.remedy?.status !== "applied") return false;
  return run.undo_verification?.verdict === "undone" || run.undo?.status === "overtaken" || isReplaced(run);
}

/** Whether the outcome was checked on the cluster. */
export function verified(run: WorkloadRun): string {
  const { remedy, verification, undo } = run;
  const undone = undoVerification(run);
  if (isUnseen(run)) return "no: whether the remedy took effect is not known";
  if (remedy?.status !== "applied") {
    const earlier = lastTry(run)?.verification;
    return earlier === undefined ? "nothing was done, so there is nothing to verify" : inVain(earlier);
  }
  if (undo?.status === "applied" || undone !== undefined)
    return undone?.verdict === "undone" ? "yes: it is as it was before" : "no: the undo is not verified";
  switch (verification?.verdict) {
    case "recovered":
      return "yes: it is well, and stayed so for the whole soak time";
    case "overtaken":
      return "no: somebody else changed it since";
    case "taken_back":
      return verification.reasons.length === 0
        ? "yes: what that remedy had set is as it was before it"
        : `no: ${bounded(verification.reasons.join("; "), 300)}`;
    case "nothing_runs":
    case "interrupted":
      return `no: ${bounded(verification.reasons.join("; "), 300)}`;
    case "cut_short":
      return `in part: ${bounded(verification.reasons.join("; "), 300)}`;
    case "not_recovered":
      return inVain(verification);
    default:
      return "no: whether it helped is not known";
  }
}

function inVain({ reasons }: Verification): string {
  return `yes: it did not recover (${bounded(reasons.join("; "), 300)})`;
}
