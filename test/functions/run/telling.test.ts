import { describe, expect, it } from "vitest";
import type { HistoryEntry, Report } from "../../../functions/run/contracts.ts";
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

describe("until when a proposal may be approved", () => {
  const PLAN = "0123456789abcdef";
  const inSeconds = (seconds: number) => new Date(NOW.getTime() + seconds * 1_000);
  const until = inSeconds(86_400).toISOString();

  /** What is told of a proposal that was made at NOW, so many seconds later. */
  function told(seconds: number, history: Partial<HistoryEntry>[] = [], rules = policy()): Report {
    const remedy = {
      action: "none" as const,
      refusal: "ApprovalNeeded" as const,
      message: "It is done once approved.",
    };
    const proposed = diagnosis({ remedy, plan: PLAN, valid_until: until });
    const { cause, template = "" } = proposed;
    const entries = history.map((each) => ({
      ...{ at: at(600), execution: "earlier", cause, action: "none", outcome: "Skipped", reason: "ApprovalNeeded" },
      template,
      ...each,
    }));
    const claim = { status: "claimed" as const, lease: "l", history: entries };
    return reportOf(claimedRun({ claim, diagnosis: proposed }), rules, inSeconds(seconds));
  }

  it("is the same each time that it is told", () => {
    expect(told(0)).toMatchObject({ plan: PLAN, valid_until: until });
    expect(told(7)).toEqual(told(0));
    expect(told(7, [], policy({ approval: { valid_seconds: 600 } }))).toEqual(told(0));
  });

  it("counts from when it is told where its execution was redriven after that", () => {
    expect(told(86_399).valid_until).toBe(until);
    expect(told(86_400).valid_until).toBe(inSeconds(2 * 86_400).toISOString());
  });

  it("stays as people know it while they are not told again", () => {
    const known = inSeconds(60).toISOString();

    expect(told(0, [{ plan: PLAN, valid_until: known }])).toMatchObject({ valid_until: known, told_before: at(600) });
    expect(told(59, [{ plan: PLAN, valid_until: known }])).toMatchObject({ valid_until: known, told_before: at(600) });
    // An earlier version kept no more than when it was proposed.
    expect(told(0, [{ plan: PLAN }]).valid_until).toBe(inSeconds(86_400 - 600).toISOString());
  });

  it("is told anew when it is over, or the proposal was approved since", () => {
    const known = inSeconds(60).toISOString();
    const done = { at: at(300), action: "rollback", outcome: "RolledBack", applied: true as const };
    const proposal = { plan: PLAN, valid_until: known };

    for (const report of [told(60, [proposal]), told(0, [done, proposal])]) {
      expect(report).not.toHaveProperty("told_before");
      expect(report.valid_until).toBe(until);
    }
  });
});
