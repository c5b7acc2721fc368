import { describe, expect, it } from "vitest";
import { assertClaimed } from "../../../functions/run/assert-claimed.ts";
import { claimedRun } from "../../support/runs.ts";

const EXPIRES = "2026-06-01T12:30:00.000Z";
const run = claimedRun({ claim: { status: "claimed", lease: "deployment.shop.web", expires_at: EXPIRES } });
const before = (seconds: number) => new Date(Date.parse(EXPIRES) - seconds * 1_000);

describe("a step that changes a workload", () => {
  it("may do so while its claim lasts for longer than the step can take", () => {
    expect(() => {
      assertClaimed(run, before(90));
    }).not.toThrow();
  });

  it.each([89, 0, -3_600])("may not with %d s left of its claim", (seconds) => {
    expect(() => {
      assertClaimed(run, before(seconds));
    }).toThrow(expect.objectContaining({ name: "ClaimExpired" }) as Error);
  });

  it("may not without a claim", () => {
    const { claim: _none, ...unclaimed } = run;

    expect(() => {
      assertClaimed(unclaimed, before(600));
    }).toThrow("none was made");
  });

  it("needs no claim for a dry run", () => {
    expect(() => {
      assertClaimed({ ...run, dry_run: true }, before(0));
    }).not.toThrow();
  });
});
