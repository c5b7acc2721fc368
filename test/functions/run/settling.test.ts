import { describe, expect, it } from "vitest";
import { pauseAfter } from "../../../functions/run/pauses.ts";
import { settling, undoSettling } from "../../../functions/run/settling.ts";
import { NOW, policy } from "../../support/objects.ts";
import { claimedRun, diagnosis } from "../../support/runs.ts";

const rules = (verify: object) => policy({ verify: { soak_seconds: 60, interval_seconds: 20, ...verify } });
const secondsUntil = (deadline: string) => (Date.parse(deadline) - NOW.getTime()) / 1_000;
const run = (progress_deadline_seconds: number) => claimedRun({ diagnosis: diagnosis({ progress_deadline_seconds }) });

describe("a remedy settles", () => {
  it.each([
    ["the workload's own progress deadline", 600, 900, 660],
    ["the policy's, when that is shorter", 600, 300, 360],
  ])("within %s, with the soak on top", (_what, own, deadline_seconds, seconds) => {
    expect(secondsUntil(settling(run(own), rules({ deadline_seconds }), NOW).deadline)).toBe(seconds);
  });

  it("within the policy's deadline when the workload has none", () => {
    expect(secondsUntil(settling(claimedRun(), rules({ deadline_seconds: 300 }), NOW).deadline)).toBe(360);
  });

  it("and is looked at after the policy's interval", () => {
    expect(settling(run(600), rules({}), NOW).wait_seconds).toBe(20);
  });

  it("and is looked at for the first time by its deadline", () => {
    const soon = settling(run(600), rules({ deadline_seconds: 5, soak_seconds: 3 }), NOW);

    expect(soon.wait_seconds).toBe(8);
    expect(settling(run(600), rules({ deadline_seconds: 1, soak_seconds: 0 }), NOW).wait_seconds).toBe(1);
  });

  it("and is looked at after pauses that grow up to three intervals", () => {
    const pauses = [1, 2, 5, 6, 100].map((looks) => pauseAfter(looks, rules({})));

    expect(pauses).toEqual([20, 25, 49, 60, 60]);
  });
});

describe("an undo settles", () => {
  it("within its own deadline, and is looked at sooner than a remedy", () => {
    const plan = undoSettling(rules({ undo_deadline_seconds: 120 }), NOW);

    expect(secondsUntil(plan.deadline)).toBe(120);
    expect(plan.wait_seconds).toBe(10);
    expect(undoSettling(rules({ interval_seconds: 2 }), NOW).wait_seconds).toBe(2);
  });
});
