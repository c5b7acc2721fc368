import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { DAY, type Day } from "../../../tools/scale/day.ts";
import { AtOnce, Pool, Rate } from "../../../tools/scale/lambdas.ts";
import { simulate } from "../../../tools/scale/simulate.ts";
import { figuresText } from "../../../tools/scale/text.ts";

const NOTHING: Day = {
  ...{ clusters: 20, everyMinutes: 5, failures: 0 },
  ...{ release: { clusters: 0, hour: 9, minutes: 30 }, silence: { clusters: 0, hour: 15, minutes: 60 } },
};

describe("a simulated day of a fleet", () => {
  it("has the looks that the list asks for, and nothing else while nothing fails", async () => {
    const { looks, invocations, starts, messages, fleetMessages } = await simulate(NOTHING);

    expect(looks.total).toBe((20 * 1_440) / 5);
    expect(invocations.total).toBe(looks.total + 2 * 1_440);
    expect([starts.total, messages.total, fleetMessages]).toEqual([0, 0, 0]);
  });

  it("has a message of each failure, and of a release that breaks many clusters one more and one when it is over", async () => {
    const day = { ...NOTHING, failures: 1, release: { clusters: 12, hour: 9, minutes: 5 } };
    const { messages, fleetMessages, releaseMinutes } = await simulate(day);

    expect(messages.total).toBe(20 + 12);
    expect(fleetMessages).toBe(2);
    expect(releaseMinutes).toBeGreaterThan(5);
  });

  it("needs more functions at once where clusters do not answer", async () => {
    const silence = { clusters: 60, hour: 15, minutes: 60 };
    const day = { ...NOTHING, clusters: 60 };
    const [well, silent] = await Promise.all([simulate(day), simulate({ ...day, silence })]);

    expect(silent.atOnce).toBeGreaterThan(well.atOnce);
    expect(silent.messages.total).toBe(60);
    expect(silent.fleetMessages).toBe(2);
  });

  it("came to what docs/scale.md says of it", async () => {
    const page = readFileSync(new URL("../../../docs/scale.md", import.meta.url), "utf8");

    expect(page).toContain(`\n${figuresText(DAY, await simulate(DAY))}`);
  });
});

describe("the numbers of a simulation", () => {
  it("are what there was at once, and in a second", () => {
    const [atOnce, rate] = [new AtOnce(), new Rate()];
    for (const at of [0, 0.5, 2]) {
      atOnce.add(at, 1);
      rate.add(at, 2);
    }

    expect(atOnce.most).toBe(2);
    expect([rate.total, rate.most]).toEqual([6, 4]);
  });

  it("count a role that is assumed once an hour in each environment", () => {
    const pool = new Pool();
    const assumed = [0, 10, 3_599, 3_600].map((at) => pool.invoke(at, 1, "a", false).assumed);

    // One that was idle for long is gone, and its credentials with it.
    expect(assumed).toEqual([1, 0, 1, 0]);
    expect(pool.made).toBe(2);
  });
});
