import type { Outcome } from "../../functions/run/contracts.ts";

/** How each outcome is coloured; the word says the same. */
export const TONES: Readonly<Record<Outcome, "good" | "bad" | "calm">> = {
  Healthy: "good",
  Recovered: "good",
  RolledBack: "bad",
  Undone: "good",
  Unresolved: "bad",
  Storm: "bad",
  Skipped: "calm",
  DryRun: "calm",
};

/** An outcome as HTML. */
export function outcome(end: Outcome): string {
  return `<span class="outcome ${TONES[end]}">${end}</span>`;
}
