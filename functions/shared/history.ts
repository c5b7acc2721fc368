import type { HistoryEntry, Outcome } from "./contracts.ts";

/** Outcomes of a remedy that did not help. */
const INEFFECTIVE: readonly string[] = ["RolledBack", "Unresolved"] satisfies Outcome[];

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

/** Whether a remedy was chosen and did not help. */
export function isIneffective({ action, outcome }: HistoryEntry): boolean {
  return action !== "none" && INEFFECTIVE.includes(outcome);
}
