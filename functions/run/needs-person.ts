import { isAnswered } from "./asked-for.ts";
import type { WorkloadRun } from "./contracts.ts";
import { HELD_BACK, type Refusal } from "./refusals.ts";
import { isOlderThan } from "../shared/kubernetes/failures.ts";
import type { Policy } from "../shared/policy.ts";

/** Refusals after which nothing is left to do, or somebody is on it already. */
const SETTLED: readonly string[] = [
  "AlreadyClaimed",
  "AlreadyAsRequested",
  "Declined",
  "NotFailingAnymore",
  "BeingDeleted",
  "MayPass",
  "WaitsForAnother",
  "InStorm",
] satisfies Refusal[];

/** Refusals that pass by themselves: the next scan looks again, and nobody is told meanwhile. */
const PASSING: readonly string[] = [
  "RolloutInProgress",
  "DisruptionBudgetExhausted",
  "NotFailingAnymore",
  "ObjectChanged",
  "BeingDeleted",
  "MayPass",
  "WaitsForAnother",
  "InStorm",
  "NoLongerAllowed",
  ...HELD_BACK,
] satisfies Refusal[];

/** Passing refusals that people are told when they last: what holds the workload up may need somebody after all. */
const LASTING: readonly string[] = ["DisruptionBudgetExhausted", "MayPass", ...HELD_BACK] satisfies Refusal[];

/** Whether a refusal passes by itself. */
export function passes(refusal: string): boolean {
  return PASSING.includes(refusal);
}

/** Whether a workload has been failing for longer than the policy lets what may pass by itself go untold. */
export function isLasting({ incident }: WorkloadRun, policy: Policy, now: Date): boolean {
  return incident.failures.some(({ since }) => isOlderThan(since, policy.report_after_seconds, now));
}

/**
 * Whether somebody has to look after a workload that nothing was done to.
 *
 * @param reason the name of the refusal or the error
 * @param lasting as `isLasting` tells
 */
export function needsPerson({ incident }: WorkloadRun, reason: string, lasting: boolean): boolean {
  // Whoever asked for a remedy has to ask again; a scan comes back by itself.
  const isScanned = incident.requested === undefined && !isAnswered(incident);
  // What it waits for is looked after by nobody here.
  if (reason === "WaitsForAnother" && incident.waits_for?.elsewhere === true) return true;
  if (isScanned && lasting && LASTING.includes(reason)) return true;
  return !SETTLED.includes(reason) && !(isScanned && PASSING.includes(reason));
}
