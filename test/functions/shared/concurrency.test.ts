import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { mapConcurrently } from "../../../functions/shared/concurrency.ts";

describe("items mapped concurrently", () => {
  it("keep their order, whichever is done first", async () => {
    const delays = [9, 1, 5, 0, 3];

    expect(await mapConcurrently(delays, 3, async (delay) => await sleep(delay, delay * 10))).toEqual([
      90, 10, 50, 0, 30,
    ]);
  });

  it("are under way as many at a time as allowed, and no more than there are", async () => {
    const most = async (items: number, limit: number) => {
      let running = 0;
      let peak = 0;
      await mapConcurrently(Array.from({ length: items }), limit, async () => {
        peak = Math.max(peak, ++running);
        await sleep(1);
        running--;
      });
      return peak;
    };

    expect([await most(20, 4), await most(2, 4), await most(20, 1)]).toEqual([4, 2, 1]);
  });

  it("are none when there are none", async () => {
    expect(await mapConcurrently([], 4, () => Promise.reject(new Error("never asked for")))).toEqual([]);
  });

  it("end with the first error, and none is begun after it", async () => {
    const begun: number[] = [];
    const task = async (item: number) => {
      begun.push(item);
      await sleep(item === 1 ? 1 : 10);
      if (item === 1) throw new Error("item 1 failed");
      return item;
    };

    await expect(mapConcurrently([0, 1, 2, 3, 4, 5], 3, task)).rejects.toThrow("item 1 failed");
    await sleep(30);
    expect(begun).toEqual([0, 1, 2]);
  });

  it("leave no later error unhandled", async () => {
    const failing = mapConcurrently([1, 2], 2, async (item) => {
      await sleep(item);
      throw new Error(`item ${item} failed`);
    });

    await expect(failing).rejects.toThrow("item 1 failed");
    await sleep(5);
  });
});
