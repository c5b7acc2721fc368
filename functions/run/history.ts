import type { HistoryEntry, Outcome } from "./contracts.ts";

/** Stands in a history for the outcome of a remedy that was begun; it stays where its execution dies before the end. */
export const UNFINISHED = "Unfinished";

/** Outcomes of a remedy that did not help, or of which nobody knows whether it did. */
const INEFFECTIVE: readonly string[] = ["RolledBack", "Unresolved", UNFINISHED] satisfies (
  Outcome | typeof UNFINISHED
)[];

/**
 * The entries of a history (newest first) that tell of the present pod template, since the last remedy that helped. A new
 * template is a new situation: what did not help before may help now.
 *
 * @param template hash of the workload's present pod template; undefined for workloads that have none
 */
export function sinceLastSuccess(history: readonly HistoryEntry[], template: string | undefined): HistoryEntry[] {
  const same = history.filter((entry) => entry.template === template);
  const success = same.findIndex(({ outcome }) => outcome === "Recovered");
  return success === -1 ? same : same.slice(0, success);
}

/** Whether a remedy was chosen and is not known to have helped. */
export function isIneffective({ action, outcome }: HistoryEntry): boolean {
  return action !== "none" && INEFFECTIVE.includes(outcome);
}
