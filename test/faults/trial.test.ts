import { expect, test } from "vitest";
import { pairs, spread } from "./trial.ts";

test("every request is paired with every fault once", () => {
  const all = pairs(3, ["403", "503"]);

  expect(new Set(all.map((trial) => JSON.stringify(trial))).size).toBe(6);
});

test("a sample has no pair twice, and both requests and faults from everywhere", () => {
  const faults = ["403", "409", "410", "429", "500", "503"] as const;
  const sample = spread(pairs(30, faults), 36).map((trial) => (trial.kind === "one" ? trial : undefined));

  expect(new Set(sample.map((trial) => JSON.stringify(trial))).size).toBe(36);
  expect(new Set(sample.map((trial) => trial?.fault))).toEqual(new Set(faults));
  expect(new Set(sample.map((trial) => trial?.number)).size).toBeGreaterThan(15);
});

test("a sample that may be larger than all there is is all there is", () => {
  expect(spread([1, 2, 3], 5)).toEqual([1, 2, 3]);
});
