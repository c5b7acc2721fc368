import type { FaultName, TroubleName } from "./fault.ts";

/** A request as a plan sees it. */
export interface PlannedRequest {
  /** Which one it is within the run, from 1. */
  number: number;
  method: string;
  /** With its query. */
  path: string;
}

/** Decides for each request whether something goes wrong with it, and what. */
export type FaultPlan = (request: PlannedRequest) => TroubleName | undefined;

/** Nothing goes wrong. */
export const NO_FAULTS: FaultPlan = () => undefined;

/** One request of the run, by its number, and no other. */
export function atRequest(number: number, fault: FaultName): FaultPlan {
  return (request) => (request.number === number ? fault : undefined);
}

/**
 * A share of all requests, each with one of the faults. The same seed makes the same choices for the same numbers.
 * @param rate between 0 and 1
 */
export function atRate(rate: number, faults: readonly FaultName[], seed: number): FaultPlan {
  return ({ number }) => {
    const chance = fraction(seed, number);
    if (chance >= rate) return undefined;
    return faults[Math.floor(fraction(seed + 1, number) * faults.length)];
  };
}

/** A number in [0, 1) that looks random and depends on nothing but its arguments (the mixing step of splitmix32). */
function fraction(seed: number, number: number): number {
  let mixed = Math.imul(seed, 0x9e37_79b9) + Math.imul(number, 0x85eb_ca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0_aaad);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a_2d97);
  return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
}
