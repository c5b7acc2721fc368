import { expect, test } from "vitest";
import { mostMessages, planDay } from "./plan.ts";

test("the same seed makes the same day, another one another", () => {
  expect(planDay(1_440, 1)).toEqual(planDay(1_440, 1));
  expect(planDay(1_440, 2)).not.toEqual(planDay(1_440, 1));
});

test("a day has every kind of trouble, in the order of its minutes, and one storm", () => {
  const { happenings } = planDay(1_440, 1);
  const kinds = happenings.map(({ kind }) => kind);

  expect(new Set(kinds).size).toBe(14);
  expect(kinds.filter((kind) => kind === "storm")).toHaveLength(1);
  expect(happenings).toEqual(happenings.toSorted((a, b) => a.minute - b.minute));
});

test("messages about what stays broken come after pauses that double up to the longest", () => {
  expect(mostMessages(599, 300, 3_600)).toBe(1);
  expect(mostMessages(600, 300, 3_600)).toBe(2);
  expect(mostMessages(600 + 1_200 + 2_400 + 3_600, 300, 3_600)).toBe(5);
});
