import { describe, expect, it } from "vitest";
import { ALL_REMEDIES } from "../../../functions/remedies/remedies.ts";

describe("the remedies", () => {
  it.each(ALL_REMEDIES)("have a way back where there is a state for it: $action", ({ entry, undo, words }) => {
    const hasWayBack = undo !== "cannot be undone";

    expect(entry.undo !== "cannot be undone").toBe(hasWayBack);
    expect(words.undone !== undefined).toBe(hasWayBack);
  });

  it.each(ALL_REMEDIES)("are taken back by whoever asks, where they can be: $action", ({ undo }) => {
    expect(undo === "cannot be undone" || undo.asPlan !== undefined).toBe(true);
  });
});
