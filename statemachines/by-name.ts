import type { Deed, Machine, Path, State } from "./asl.ts";
import { REMEDIATION } from "./remediation.ts";

/** What the states of the workflow are, by their names, which is how the events of an execution tell of them. */
const STATES: ReadonlyMap<string, State> = new Map(statesOf(REMEDIATION));

/** The names of all states, those that each workload passes included. */
export const STATE_NAMES: ReadonlySet<string> = new Set(STATES.keys());

/** What a state does; undefined for one that only routes, waits or ends. */
export function deedOf(name: string): Deed | undefined {
  const state = STATES.get(name);
  return state?.Type === "Task" ? state.does : undefined;
}

/** Whether a state may change a workload: it carries out a remedy, or undoes one. */
export function changesWorkload(name: string): boolean {
  const deed = deedOf(name);
  return deed === "remedy" || deed === "undo";
}

/** Whether a state is entered only after a remedy was carried out: it waits for that to settle, looks at it, or undoes it. */
export function followsRemedy(name: string): boolean {
  const deed = deedOf(name);
  return waitOf(name) !== undefined || deed === "verify" || deed === "undo" || deed === "verify undo";
}

/** Which field of its input says for how many seconds a state waits; undefined for one that does not wait. */
export function waitOf(name: string): Path | undefined {
  const state = STATES.get(name);
  return state?.Type === "Wait" ? state.SecondsPath : undefined;
}

function statesOf({ States: states }: Machine): [string, State][] {
  return Object.entries(states).flatMap(([name, state]) => [
    [name, state] as [string, State],
    ...(state.Type === "Map" ? statesOf(state.ItemProcessor) : []),
  ]);
}
