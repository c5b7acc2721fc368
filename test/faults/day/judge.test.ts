import { expect, test } from "vitest";
import { judgeDay } from "./judge.ts";
import type { DayRecord } from "./record.ts";

const MINUTE = 60_000;
const HPA = "/apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers/app-0";
const sample = { hour: 2, heap: 100, handles: 10, claims: 1, events: 0 };

function day(overrides: Partial<DayRecord> = {}): DayRecord {
  return {
    runs: 1_440,
    seconds: 1,
    outcomes: {},
    failed: [],
    open: 0,
    troubles: [],
    told: [],
    writes: [],
    samples: [sample, { ...sample, hour: 24 }],
    held: [],
    longestHistory: 10,
    claimsAtEnd: 3,
    claimsLeft: ["deployment.shop.later"],
    broken: "shop/never-worked",
    pause: { base_seconds: 300, max_seconds: 21_600 },
    ...overrides,
  };
}

const told = (at: number, outcome: string, workload?: string) => ({ at, workload, outcome, reason: undefined });
const change = (at: number) => ({ at, what: "patch horizontalpodautoscalers", path: HPA });

test("a day on which all went well breaks nothing", () => {
  expect(judgeDay(day())).toEqual([]);
});

test.each<[string, Partial<DayRecord>, string]>([
  ["a claim that is held", { held: ["deployment.shop.web"] }, "still held"],
  ["a heap that grows", { samples: [sample, { ...sample, hour: 24, heap: 130 }] }, "heap grew"],
  ["sockets that stay open", { samples: [sample, { ...sample, hour: 24, handles: 40 }] }, "handles grew"],
  ["claims that pile up", { claimsLeft: ["a", "b", "c"] }, "are left"],
  [
    "a failure that nobody hears of",
    { troubles: [{ workload: "shop/web", begun: 0, ended: undefined }] },
    "nobody was told",
  ],
  ["a storm that is told every minute", { told: [0, 1, 2, 3].map((at) => told(at * MINUTE, "Storm")) }, "one storm"],
  [
    "a message about what stays broken every minute",
    { runs: 60, told: Array.from({ length: 60 }, (_, at) => told(at * MINUTE, "Skipped", "shop/never-worked")) },
    "stays broken",
  ],
  ["a change within the cool-down", { writes: [change(0), change(4 * MINUTE)] }, "changed again after 240 s"],
])("%s is a violation", (_what, overrides, line) => {
  expect(judgeDay(day(overrides))).toEqual([expect.stringContaining(line)]);
});

test("an undo is no repetition, and neither is a remedy after the cool-down", () => {
  const undone = { writes: [change(0), change(4 * MINUTE)], told: [told(5 * MINUTE, "RolledBack", "shop/app-0")] };

  expect(judgeDay(day(undone))).toEqual([]);
  expect(judgeDay(day({ writes: [change(0), change(5 * MINUTE)] }))).toEqual([]);
});
