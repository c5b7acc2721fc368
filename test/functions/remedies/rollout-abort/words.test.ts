import { describe, expect, it } from "vitest";
import type { RolloutAbortChange } from "../../../../functions/remedies/rollout-abort/contract.ts";
import { words } from "../../../../functions/remedies/rollout-abort/words.ts";
import { ROLLOUT_WEB } from "../../../support/rollouts.ts";

const revision = (number: number) => ({
  ...({ revision: number, kind: "ReplicaSet", name: `web-${number}`, template: "x" } as const),
});
const change: RolloutAbortChange = {
  ...{ kind: "rollout-abort", before: revision(2), after: revision(1), aborted_at: "2026-06-01T11:59:00Z" },
};
const plan = { action: "rollout-abort", before: change.before, after: change.after } as const;
const back = { change: { ...change, back: true } as const, plan: { ...plan, back: { aborted_at: change.aborted_at } } };
const line = (command: { words: string[] } | undefined) => command?.words.join(" ");

describe("what is told of an abort", () => {
  it("says what was done, what is so now, and how to go on", () => {
    expect(words.did(change, ROLLOUT_WEB, false)).toBe(
      "Aborted the rollout of revision 2, for its controller to go back to revision 1, which was promoted last; its spec stays as it is.",
    );
    expect(words.would?.(plan, ROLLOUT_WEB)).toContain("Would abort the rollout of revision 2");
    expect(words.found(change)).toBe("The rollout of revision 2 is aborted.");
    expect(words.changed(change, ROLLOUT_WEB)[0]).toContain("rollout of revision 2 aborted, in its status alone");
    const { next, takesBack } = words.afterwards(change, false);
    expect(next).toContain("meant to show as Degraded (RolloutAborted) for now");
    expect(next).toContain("`kubectl argo rollouts retry rollout`");
    expect(takesBack).toBeUndefined();
  });

  it("has the commands of the plugin for it and for its way back", () => {
    expect(line(words.byHand?.(plan, ROLLOUT_WEB))).toBe("kubectl argo rollouts abort web -n shop");
    expect(line(words.undoCommand?.(change, ROLLOUT_WEB))).toBe("kubectl argo rollouts retry rollout web -n shop");
    expect(line(words.byHand?.(back.plan, ROLLOUT_WEB))).toBe("kubectl argo rollouts retry rollout web -n shop");
    expect(words.undoCommand?.(back.change, ROLLOUT_WEB)).toBeUndefined();
  });

  it("says that one was taken back, and what comes of that", () => {
    expect(words.did(back.change, ROLLOUT_WEB, false)).toBe(
      "Took the abort of revision 2 back, for its controller to begin that rollout anew.",
    );
    expect(words.found(back.change)).toBe("The rollout of revision 2 is not aborted any more.");
    expect(words.changed(back.change, ROLLOUT_WEB)[0]).toContain("not aborted any more");
    expect(words.afterwards(back.change, true).next).toContain("it failed before it was aborted");
    expect(words.wayBack(back.plan)).toContain("not taken back in turn");
    expect(words.wayBack(plan)).toContain("begins anew");
    expect(words.undone?.(change, ROLLOUT_WEB)).toContain("is to go on");
  });
});
