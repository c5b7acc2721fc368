import { expect, test } from "vitest";
import { Histories, historyEvents } from "./history.ts";
import { bytesOf, LargestPayloads } from "./payloads.ts";
import { rateOf } from "./rate.ts";

test("a run with one function and one state that only passes on has nine events", () => {
  expect(historyEvents({ entered: 2, invocations: 1, maps: 0 })).toBe(9);
});

test("a Map and its Map Run begin and end, and the executions of its items have histories of their own", () => {
  const histories = new Histories();
  histories.see(undefined, "entered", "map");
  for (const iteration of [0, 1]) histories.see(iteration, "entered", "task");
  histories.see(1, "retried", "task");

  expect(histories.run).toBe(2 + 2 + 4);
  expect(histories.longestOfWorkload).toBe(2 + 2 + 2 * 3);
  expect(histories.transitions).toBe(3);
});

test("payloads are counted in bytes, and the largest of each state is kept", () => {
  const largest = new LargestPayloads();
  largest.see("Verify", "input", "ü");
  largest.see("Verify", "input", "a");
  largest.see("Verify", "output", "longer");

  expect(bytesOf("ü")).toBe(4);
  expect(largest.all).toEqual([
    { state: "Verify", side: "output", bytes: 8 },
    { state: "Verify", side: "input", bytes: 4 },
  ]);
});

test("the busiest second and the busiest moment are found wherever they are", () => {
  const spans = [
    { begun: 0, ended: 10 },
    { begun: 990, ended: 3_000 },
    { begun: 1_500, ended: 1_600 },
    { begun: 1_550, ended: 1_700 },
    { begun: 1_989, ended: 1_990 },
  ];

  expect(rateOf(spans)).toEqual({ requests: 5, perSecond: 4, concurrent: 3 });
  expect(rateOf([])).toEqual({ requests: 0, perSecond: 0, concurrent: 0 });
});

test("a request that begins when another ends is not beside it", () => {
  expect(
    rateOf([
      { begun: 0, ended: 5 },
      { begun: 5, ended: 9 },
    ]).concurrent,
  ).toBe(1);
});
