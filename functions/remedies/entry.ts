import type * as z from "zod";
import type { ActionMode } from "../shared/action-mode.ts";

/** What is known of a remedy wherever remedies are listed: in the policy, in the workflow, among the functions. */
export interface RemedyEntry {
  /**
   * What the diagnosis, the change that was made, the policy and the history call it; its function has the same name. It
   * reads as a noun (`A rollback did not help`); several words are joined by dashes.
   */
  action: string;
  /** The plain remedy in whose place it stands, where it acts through the tool that owns what that would write. */
  insteadOf?: string;
  /** What it does, in a sentence. */
  description: string;
  /** What it may do by itself where the policy says nothing of it. */
  mode: z.input<typeof ActionMode>;
  /** The reason of the Event that shows on the workload that it was carried out. */
  event: `Remediation${string}`;
  /** The state of the workflow that carries it out. */
  apply: RemedyState;
  /** The state that undoes it. */
  undo: RemedyState | "cannot be undone";
}

interface RemedyState {
  /** As people read it while the workflow runs. */
  name: string;
  comment: string;
}
