import { describe, expect, it } from "vitest";
import { isNamedAfter } from "../../../../functions/shared/kubernetes/names.ts";

const LONG = "a-service-of-the-shop-whose-name-is-as-long-as-it-can-be-64c8fb6b49";

describe("the pods of what bears a name", () => {
  it.each([
    ["web-64c8fb6b49-bcdfg", "web-64c8fb6b49"],
    ["web-0", "web"],
    ["web-1234567", "web"],
    [`${LONG.slice(0, 58)}bcdfg`, LONG],
  ])("are called after it: %s", (pod, maker) => {
    expect(isNamedAfter(pod, maker)).toBe(true);
  });

  it.each([
    ["web-2-64c8fb6b49-bcdfg", "web"],
    ["web-64c8fb6b49-bcdfg", "web"],
    ["web", "web"],
    ["website-bcdfg", "web"],
    [`${LONG.slice(0, 57)}bcdfg`, LONG],
  ])("are none of those that are called after another: %s", (pod, maker) => {
    expect(isNamedAfter(pod, maker)).toBe(false);
  });
});
