import type { UndoVerification, WorkloadRun } from "./contracts.ts";

/**
 * Whether somebody else has put something in the place of what the remedy set, or may have. What cannot be undone stays as it is.
 */
export function isReplaced({ claim, remedy, verification }: WorkloadRun): boolean {
  const isTheirs = verification?.verdict === "overtaken" || claim?.resume === "end";
  return isTheirs && remedy?.undo !== "cannot be undone";
}

/** What a look at an undo said; nothing where it had not begun, so that the remedy was looked at once more. */
export function undoVerification({ undo_verification: undone }: WorkloadRun): UndoVerification | undefined {
  return undone?.verdict === "not_begun" ? undefined : undone;
}

/** Whether somebody has taken the workload in hand since the remedy: what stands there by now is theirs. */
export function isInOtherHands(run: WorkloadRun): boolean {
  return isReplaced(run) || run.verification?.verdict === "interrupted";
}
