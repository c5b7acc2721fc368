import { expect, it } from "vitest";
import { reportOf } from "../../../functions/run/telling.ts";
import { ago, NOW, policy } from "../../support/objects.ts";
import { claimedRun, diagnosis } from "../../support/runs.ts";

/** A run that tells what was told so many seconds ago, when nothing could be done either. */
function toldBefore(seconds: number, rules = policy()): string | undefined {
  const { cause, template = "" } = diagnosis();
  const said = { cause, action: "none", outcome: "Skipped", reason: "NoSafeRemedy", template };
  const history = [{ at: ago(seconds), execution: "earlier", ...said }];
  const remedy = { action: "none" as const, refusal: "NoSafeRemedy" as const, message: "A person has to look." };
  const claim = { status: "claimed" as const, lease: "l", history };
  return reportOf(claimedRun({ claim, diagnosis: diagnosis({ remedy }) }), rules, NOW).told_before;
}

const at = (seconds: number) => new Date(ago(seconds)).toISOString();

it("a failure that a run meets again is the same one for as long as two scheduled runs are apart", () => {
  // The pause after it was told is 600 seconds, and what follows it may come 900 seconds late.
  expect(toldBefore(1_500)).toBe(at(1_500));
  expect(toldBefore(1_501)).toBeUndefined();

  const seldom = policy({ schedule_seconds: 1_800 });
  expect(toldBefore(600 + 3_600, seldom)).toBe(at(4_200));
  expect(toldBefore(600 + 3_601, seldom)).toBeUndefined();
});
