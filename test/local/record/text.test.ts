import { describe, expect, it } from "vitest";
import { recordOf } from "../../../functions/notify/record/record-of.ts";
import type { OutcomeRecord } from "../../../functions/notify/record/record.ts";
import { outcomeOf } from "../../../functions/run/outcome.ts";
import { recordText } from "../../../local/record/text.ts";
import { NOW } from "../../support/objects.ts";
import { appliedRun } from "../../support/runs.ts";

/** The facts about an outcome that is like this, a line each. */
function factsOf(more: Partial<OutcomeRecord>): string[] {
  const run = appliedRun();
  const text = recordText({ ...recordOf(run, outcomeOf(run, false), NOW), ...more });
  return text.split("\n").map((line) => line.trim().replace(/: +/, ": "));
}

describe("one outcome, in words", () => {
  it("says who it was that asked", () => {
    expect(factsOf({ asked_by: "agent", requested_by: "a bot" }).join("\n")).toContain(
      "asked by: agent\nthat is: a bot\n",
    );
  });

  it("says of what a run found, and somebody approved, who that was", () => {
    const approval = { decision: "approve", plan: "0123456789abcdef", origin: "person" } as const;
    const facts = factsOf({ asked_by: "found", approval, requested_by: "Ann", request_reason: "seen" });

    expect(facts.join("\n")).toContain(
      "asked by: nobody: a run found it\ndecided: approve by person\nthat is: Ann\nwhy: seen\n",
    );
  });
});
