import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { timeLeft, within } from "../../../functions/shared/time-left.ts";

it("has no end where nothing limits the work", () => {
  expect(timeLeft()).toBe(Infinity);
});

it("runs down while the work is under way, each work by its own", async () => {
  const [short, long] = await Promise.all([
    within(1_000, async () => {
      await sleep(30);
      return timeLeft();
    }),
    within(5_000, () => Promise.resolve(timeLeft())),
  ]);

  expect(short).toBeLessThanOrEqual(971);
  expect(long).toBeGreaterThan(1_000);
});

it("is never more than what it is part of has left", async () => {
  const left = await within(100, () => within(5_000, () => Promise.resolve(timeLeft())));

  expect(left).toBeLessThanOrEqual(100);
});
