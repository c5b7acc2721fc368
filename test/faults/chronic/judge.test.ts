import { expect, it } from "vitest";
import { judgeChronic, mostOf } from "./judge.ts";
import type { ChronicRecord, ChronicWorkload } from "./record.ts";

const DAY = 1_440;
const told = (...minutes: number[]) => minutes.map((minute) => ({ minute, outcome: "Skipped" }));

function broken(workload: Partial<ChronicWorkload>, more: Partial<ChronicRecord> = {}): string[] {
  const own = { name: "web", told: told(3), transitions: 40, changes: 2, claims: 6, events: 3, ...workload };
  return judgeChronic({ runs: DAY, failed: [], held: [], others: [], workloads: [own], ...more });
}

it("finds nothing where a failure is told once, then a day later, and costs little", () => {
  expect(broken({ told: told(3, 1_443) }, { runs: 1_560 })).toEqual([]);
});

it.each<[string, Partial<ChronicWorkload>, Partial<ChronicRecord>, string]>([
  ["a failure that nobody hears of", { told: [] }, {}, "nobody was told of web"],
  ["one that is told again and again", { told: told(1, 2, 3, 4, 5, 6, 7) }, {}, "was told 7 times"],
  ["one that is told twice within a day", { told: told(3, 800, 900) }, {}, "again in minute 900, within a day"],
  ["one that is looked at each minute", { transitions: 4 * DAY }, {}, "cost 5760 transitions"],
  ["one that is changed each hour", { changes: 24 }, {}, "cost 24 changes"],
  ["one whose claim is written each minute", { claims: 2 * DAY }, {}, "cost 2880 claims"],
  ["one with an Event each minute", { events: DAY }, {}, "cost 1440 events"],
  ["an execution that fails", {}, { failed: ["run-1: StepFailed: "] }, "an execution failed"],
  ["a claim that is held", {}, { held: ["deployment.shop.web"] }, "still held"],
  ["a storm", {}, { others: ["Storm : many"] }, "something else was told"],
])("finds %s", (_what, workload, more, line) => {
  expect(broken(workload, more)).toEqual([expect.stringContaining(line)]);
});

it("allows a day more no remedy more", () => {
  expect(mostOf(2 * DAY).changes).toBe(mostOf(DAY).changes);
});
