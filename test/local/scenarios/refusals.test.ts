import { describe, expect, it } from "vitest";
import { OUTCOMES } from "../../../functions/run/contracts.ts";
import { REFUSALS, type Refusal } from "../../../functions/run/refusals.ts";
import type { ExpectedWorkload, Expectation } from "../../../local/scenarios/format.ts";
import { loadScenario, roundsOf, scenarioNames } from "../../../local/scenarios/load.ts";

const expectations = scenarioNames().flatMap((name) => roundsOf(loadScenario(name)).map((round) => round.expect));

/** Whether the round shows the refusal: nothing is touched, and the operator reads why. */
function shows(refusal: Refusal, { workloads = [], message, writes }: Expectation): boolean {
  const refused = ({ outcome, reason, summary = [] }: ExpectedWorkload) =>
    reason === refusal && outcome === "Skipped" && message.length + summary.length > 0;
  return workloads.some(refused) && writes.length === 0;
}

describe("every refusal", () => {
  it.each(REFUSALS)("%s has a scenario that says what the operator reads, and that nothing is touched", (refusal) => {
    expect(expectations.filter((round) => shows(refusal, round))).not.toEqual([]);
  });
});

describe("every outcome", () => {
  const outcomes = expectations.flatMap((round) => [
    ...(round.outcomes ?? []),
    ...(round.workloads ?? []).map(({ outcome }) => outcome),
  ]);

  it.each(OUTCOMES)("%s has a scenario", (outcome) => {
    expect(outcomes).toContain(outcome);
  });
});
