import { describe, expect, it } from "vitest";
import { measureFix, total } from "../../../tools/bench/time-to-fix/measure.ts";
import { SITUATIONS, type Situation } from "../../../tools/bench/time-to-fix/situations.ts";

const [RECREATE] = SITUATIONS.filter(({ what }) => what.includes("strategy Recreate")) as [Situation];

describe("the time to a verified fix", () => {
  it("is the sum of its phases, from the first run that sees it until the soak is over", async () => {
    const fix = await measureFix(RECREATE);

    expect(fix).toMatchObject({ cause: "CrashLoopAfterRollout", action: "rollback", seeing: 31, waiting: 59 });
    expect(fix.soaking).toBeGreaterThan(60);
    expect(total(fix)).toBeLessThan(fix.ownWord ?? 0);
  });

  it("is not measured of what is mended for another cause", async () => {
    await expect(measureFix({ ...RECREATE, cause: "ImageNotFound" })).rejects.toThrow("CrashLoopAfterRollout");
  });
});
