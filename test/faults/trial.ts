import { FAULT_NAMES, type FaultName } from "./proxy/fault.ts";
import { atRate, atRequest, NO_FAULTS, type FaultPlan } from "./proxy/plan.ts";

/** What goes wrong in one run. */
export type Trial =
  | { kind: "clean" }
  | { kind: "one"; number: number; fault: FaultName }
  /** A share of the requests, each with some fault; the seed says which. */
  | { kind: "rate"; rate: number; seed: number };

export function planOf(trial: Trial, faults: readonly FaultName[] = FAULT_NAMES): FaultPlan {
  switch (trial.kind) {
    case "clean":
      return NO_FAULTS;
    case "one":
      return atRequest(trial.number, trial.fault);
    case "rate":
      return atRate(trial.rate, faults, trial.seed);
  }
}

/** How a trial is called in the table. */
export function columnOf(trial: Trial): string {
  switch (trial.kind) {
    case "clean":
      return "none";
    case "one":
      return trial.fault;
    case "rate":
      return `${trial.rate * 100} % of requests`;
  }
}

/** What tells one run from another. */
export function keyOf(situation: string, trial: Trial): string {
  return `${situation} ${JSON.stringify(trial)}`;
}

/** The options that run it alone. */
export function optionsOf(trial: Trial): string {
  switch (trial.kind) {
    case "clean":
      return "--limit 0";
    case "one":
      return `--fault ${trial.fault} --request ${trial.number}`;
    case "rate":
      return `--rate ${trial.rate} --seed ${trial.seed} --runs 1`;
  }
}

/** Every request of a run with every fault. */
export function pairs(requests: number, faults: readonly FaultName[]): Trial[] {
  const numbers = Array.from({ length: requests }, (_, index) => index + 1);
  return numbers.flatMap((number) => faults.map((fault): Trial => ({ kind: "one", number, fault })));
}

/**
 * At most `limit` of the items, spread over all of them: the step between two is prime to the number of items, so that
 * every column of a table that is written row by row gets its share.
 */
export function spread<Item>(items: readonly Item[], limit: number): Item[] {
  if (items.length <= limit) return [...items];
  let step = Math.max(1, Math.floor(items.length * 0.618));
  while (divisor(step, items.length) !== 1) step++;
  return Array.from({ length: limit }, (_, index) => items[(index * step) % items.length] as Item);
}

function divisor(a: number, b: number): number {
  return b === 0 ? a : divisor(b, a % b);
}
