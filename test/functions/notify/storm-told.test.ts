import { describe, expect, it } from "vitest";
import { isToldAnew, overWords, unrememberedWords } from "../../../functions/notify/storm-told.ts";
import { policy } from "../../support/objects.ts";

const NOW = new Date("2026-06-01T12:00:00Z");
const STORM = { storm_seen: ["a", "b"] };
const before = (minutes: number, output: unknown = { outcomes: ["Storm"], ...STORM }) => ({
  ended: new Date(NOW.getTime() - minutes * 60_000),
  output,
});
const isTold = (past: ReturnType<typeof before>[], now = NOW, seen = STORM) => isToldAnew(seen, past, policy(), now);

describe("a storm that no Lease remembers", () => {
  it("is told when it begins, and not by the runs after that", () => {
    expect(isTold([])).toBe(true);
    expect(isTold([before(1)])).toBe(false);
    expect(isTold([before(1, { outcomes: ["Healthy"] }), before(2)])).toBe(false);
  });

  it("is told again when it was away for long", () => {
    expect(isTold([before(14)])).toBe(false);
    expect(isTold([before(16)])).toBe(true);
  });

  it("is told by the first run of each day", () => {
    const midnight = new Date("2026-06-02T00:00:20Z");
    const at = (time: string) => ({ ended: new Date(time), output: { outcomes: ["Storm"], ...STORM } });

    expect(isTold([at("2026-06-01T23:59:30Z")], midnight)).toBe(true);
    expect(isTold([at("2026-06-02T00:00:01Z"), at("2026-06-01T23:59:30Z")], midnight)).toBe(false);
  });

  it("is told when it takes in what none of them saw, and not when it is of less", () => {
    expect(isTold([before(1)], NOW, { storm_seen: ["a", "c"] })).toBe(true);
    expect(isTold([before(1)], NOW, { storm_seen: ["b"] })).toBe(false);
    const parts = [
      before(1, { outcomes: ["Skipped"], storm_seen: ["a"] }),
      before(2, { outcomes: [], storm_seen: ["b"] }),
    ];
    expect(isTold(parts)).toBe(false);
  });

  it("is not known by what somebody looked at who told nobody, or by an output of another form", () => {
    expect(isTold([before(1, STORM), before(2, "Storm"), before(3, null)])).toBe(true);
  });

  it("says why it is not remembered, and how often it is told then", () => {
    const error = { Error: "Forbidden", Cause: "{}" };

    expect(unrememberedWords(error, true)).toContain("(Forbidden), so it is told when it begins and once a day");
    expect(unrememberedWords(error, false)).toContain("(Forbidden), so each run tells it");
  });
});

describe("a storm that is over", () => {
  it("is told with when people were told of it, and when it was seen last", () => {
    const words = overWords({ told_at: "2026-06-01T10:00:00.000Z", seen_at: "2026-06-01T11:00:00.000Z" });

    expect(words).toContain(
      "told last at 2026-06-01T10:00:00.000Z is over: no run has seen it since 2026-06-01T11:00:00.000Z",
    );
  });
});
