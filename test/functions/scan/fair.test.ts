import { describe, expect, it } from "vitest";
import { fill, inTurn, modest } from "../../../functions/scan/fair.ts";

const all = (items: readonly string[], number: number, bytes = 1_000) =>
  fill(
    items,
    (item) => item.slice(0, 1),
    (item) => item,
    { items: number, bytes },
  );

describe("what fits into an answer", () => {
  it("is the first items, up to a number of them", () => {
    expect(all(["a1", "a2", "a3"], 2)).toEqual(["a1", "a2"]);
    expect(all(["a1", "a2", "a3"], 10)).toEqual(["a1", "a2", "a3"]);
    expect(all([], 10)).toEqual([]);
  });

  it("is the first items, up to a number of bytes in JSON", () => {
    const items = ["ab", "a€", "acd"]; // 4, 6 and 5 bytes with their quotes

    expect([15, 14, 10, 8, 3].map((bytes) => all(items, 10, bytes).length)).toEqual([3, 2, 2, 1, 0]);
  });

  it("goes on with the next item when one is too large alone", () => {
    expect(all(["x".repeat(50), "xa", "xb"], 10, 20)).toEqual(["xa", "xb"]);
  });

  it("is of each group in turn, whatever there is of another, and however large", () => {
    expect(all(["a1", "a2", "a3", "b1", "b2", "c1"], 4)).toEqual(["a1", "b1", "c1", "a2"]);
    expect(all([...Array.from({ length: 50 }, () => "a".repeat(90)), "b1"], 10, 80)).toEqual(["b1"]);
  });
});

describe("groups", () => {
  it("take turns, each in its own order", () => {
    expect(inTurn(["a1", "a2", "b1", "c1", "b2", "a3"], (item) => item.slice(0, 1))).toEqual([
      ...["a1", "b1", "c1", "a2", "b2", "a3"],
    ]);
  });

  it("are modest when they need no more than their share of the room, with what others leave of theirs", () => {
    const items = ["a", "bb", "c".repeat(46), "d".repeat(80)]; // 3, 4, 48 and 82 bytes
    const modestIn = (bytes: number) => [...modest(items, (item) => item.slice(0, 1), bytes)].join("");

    expect(modestIn(137)).toBe("abcd");
    expect(modestIn(136)).toBe("abc");
    expect(modestIn(102)).toBe("ab");
    expect(modestIn(11)).toBe("");
  });
});
