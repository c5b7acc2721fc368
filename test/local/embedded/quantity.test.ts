import { describe, expect, it } from "vitest";
import { formatQuantity, parseQuantity } from "../../../local/embedded/quantity.ts";

describe("a quantity", () => {
  it.each([
    ["500m", 0.5],
    ["2", 2],
    ["1.5", 1.5],
    ["256Mi", 268_435_456],
    ["1G", 1e9],
    ["1e3", 1_000],
  ])("%s is %d", (text, value) => {
    expect(parseQuantity(text)).toBe(value);
  });

  it.each([
    [0.7, false, "700m"],
    [0.1 + 0.2, false, "300m"],
    [5, false, "5"],
    [0, false, "0"],
    [268_435_456, true, "256Mi"],
    [1_500, true, "1500"],
  ])("of %d is written in the largest unit without a rest", (value, binary, text) => {
    expect(formatQuantity(value, binary)).toBe(text);
  });

  it("is refused when it is none", () => {
    expect(() => parseQuantity("lots")).toThrow('"lots" is not a quantity.');
  });
});
