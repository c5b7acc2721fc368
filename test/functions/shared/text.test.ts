import { describe, expect, it } from "vitest";
import { bounded, count, duration } from "../../../functions/shared/text.ts";

describe("bounded text", () => {
  it.each([
    ["line breaks", "panic:\r\n\tno config", "panic: no config"],
    ["escape sequences", "\u001b[31mred\u001b[0m", "[31mred [0m"],
    ["characters that turn the writing direction", "web\u202egnp.exe", "web gnp.exe"],
    ["space at its ends", "  web \n", "web"],
  ])("holds no %s", (_what, text, expected) => {
    expect(bounded(text)).toBe(expected);
  });

  it("keeps other scripts and signs", () => {
    expect(bounded("Müller 東京 → ✓")).toBe("Müller 東京 → ✓");
  });

  it("is exactly as long as it may be when it is cut, and says that it was", () => {
    expect(bounded("a".repeat(300))).toBe("a".repeat(300));
    expect(bounded("a".repeat(301))).toBe(`${"a".repeat(299)}…`);
    expect(bounded("abcdef", 4)).toBe("abc…");
  });
});

describe("words for numbers", () => {
  it.each([
    [0, "0 pods"],
    [1, "1 pod"],
    [2, "2 pods"],
  ])("%i is %s", (number, words) => {
    expect(count(number, "pod")).toBe(words);
  });

  it.each([
    [0.4, "0 s"],
    [119, "119 s"],
    [120, "2 min"],
    [7_199, "120 min"],
    [7_200, "2 h"],
    [172_800, "2 days"],
  ])("%f seconds are %s", (seconds, words) => {
    expect(duration(seconds)).toBe(words);
  });
});

describe("a cut", () => {
  it("never leaves half a character", () => {
    expect(bounded("aaaaaaaa😀😀", 10).isWellFormed()).toBe(true);
  });
});
