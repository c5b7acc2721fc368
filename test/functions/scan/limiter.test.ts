import { expect, it } from "vitest";
import { Limiter } from "../../../functions/scan/limiter.ts";

it("a limiter runs so many tasks at the same time, whoever brings them, and goes on after one that throws", async () => {
  const limiter = new Limiter(2);
  let running = 0;
  let most = 0;
  const run = (number: number) =>
    limiter.run(async () => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setImmediate(resolve));
      running--;
      if (number % 3 === 0) throw new Error("no");
      return number;
    });
  const all = await Promise.allSettled(Array.from({ length: 9 }, (_, number) => run(number)));

  expect(most).toBe(2);
  expect(all.map((each) => (each.status === "fulfilled" ? each.value : "thrown"))).toEqual([
    ...["thrown", 1, 2, "thrown", 4, 5, "thrown", 7, 8],
  ]);
  expect(await limiter.run(() => Promise.resolve("later"))).toBe("later");
});
