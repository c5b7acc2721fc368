import { AsyncLocalStorage } from "node:async_hooks";
import type { Policy } from "../shared/policy.ts";

/** The tools whose kinds are looked after where the policy switches them on. */
export type Tools = Policy["owners"];

const switched = new AsyncLocalStorage<() => Tools | undefined>();

/**
 * Does something with the kinds of those tools that a policy switches on; without it, their kinds are none that is known.
 * What reads and decides asks for a kind in many places, and none of them may look at one that is off: so it is said once,
 * for all that a step does.
 * @param toolsOf asked at most once, when a kind of a tool is asked for first; undefined switches none on
 */
export function withTools<T>(toolsOf: () => Tools | undefined, act: () => T): T {
  let tools: { known: Tools | undefined } | undefined;
  return switched.run(() => (tools ??= { known: toolsOf() }).known, act);
}

/** Whether the kinds of a tool are looked after at present. */
export function isSwitchedOn(tool: keyof Tools): boolean {
  return switched.getStore()?.()?.[tool] === true;
}
