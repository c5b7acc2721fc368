import { describe, expect, it } from "vitest";
import { matches, selectorText } from "../../../../functions/shared/kubernetes/label-selector.ts";

const EVERY_OPERATOR = {
  matchLabels: { app: "web" },
  matchExpressions: [
    { key: "tier", operator: "In", values: ["front", "edge"] },
    { key: "track", operator: "NotIn", values: ["canary"] },
    { key: "team", operator: "Exists" },
    { key: "legacy", operator: "DoesNotExist" },
  ],
};
const SELECTED = { app: "web", tier: "edge", team: "shop" };

describe("a label selector", () => {
  it("is written with all of its operators", () => {
    expect(selectorText(EVERY_OPERATOR)).toBe("app=web,tier in (front,edge),track notin (canary),team,!legacy");
  });

  it("selects what meets every part of it", () => {
    expect(matches(EVERY_OPERATOR, SELECTED)).toBe(true);
    expect(matches(EVERY_OPERATOR, { ...SELECTED, track: "stable" })).toBe(true);
  });

  it.each([
    ["another label", { ...SELECTED, app: "db" }],
    ["a value that is not listed", { ...SELECTED, tier: "back" }],
    ["a value that is excluded", { ...SELECTED, track: "canary" }],
    ["no label that must be there", { app: "web", tier: "edge" }],
    ["a label that must not be there", { ...SELECTED, legacy: "" }],
  ])("does not select what has %s", (_what, labels) => {
    expect(matches(EVERY_OPERATOR, labels)).toBe(false);
  });

  it("selects everything when it is empty, nothing when there is none, and nothing by an operator that is unknown", () => {
    expect(matches({}, {})).toBe(true);
    expect(matches(undefined, SELECTED)).toBe(false);
    expect(matches({ matchExpressions: [{ key: "app", operator: "Like" }] }, SELECTED)).toBe(false);
  });
});
