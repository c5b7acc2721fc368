import { RESTART } from "./restart/states.ts";
import { ROLLBACK } from "./rollback/states.ts";
import { SCALE } from "./scale/states.ts";

/** The states of the workflow that a remedy brings with it. */
export interface RemedyStates {
  /** What the diagnosis, and the change that was made, call the remedy; its function has the same name. */
  action: string;
  /** The state that carries it out. */
  apply: RemedyState;
  /** The state that undoes it. */
  undo: RemedyState | "cannot be undone";
}

interface RemedyState {
  /** As people read it while the workflow runs. */
  name: string;
  comment: string;
}

/** The remedies, in the order in which the workflow names them. */
export const REMEDIES: readonly RemedyStates[] = [RESTART, ROLLBACK, SCALE];
