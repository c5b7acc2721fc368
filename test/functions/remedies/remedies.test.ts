import { describe, expect, it } from "vitest";
import { KINDS } from "../../../functions/kinds/kinds.ts";
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

  it("may read every workload that they are for, whose opt-out is looked at before each write", () => {
    const readBy = (action: string) =>
      ALL_REMEDIES.filter((remedy) => remedy.action === action).flatMap(({ permissions }) =>
        permissions.filter(({ verbs }) => verbs.includes("get")).flatMap(({ resources }) => resources),
      );

    expect(readBy("restart")).toEqual(expect.arrayContaining(KINDS.map(({ plural }) => plural)));
    // An HPA may scale whatever has a number of replicas.
    expect(readBy("scale")).toEqual(
      expect.arrayContaining(KINDS.filter(({ onePerNode }) => onePerNode !== true).map(({ plural }) => plural)),
    );
  });
});
