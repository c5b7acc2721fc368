import { describe, expect, it } from "vitest";
import { workloadMessage } from "../../../functions/notify/message.ts";
import type { Change, UndoResult, UndoVerification, Verification } from "../../../functions/run/contracts.ts";
import { outcomeOf } from "../../../functions/run/outcome.ts";
import { appliedRun, remedyResult } from "../../support/runs.ts";

const UNDO_COMMAND = "kubectl -n shop rollout undo deployment/web --to-revision=2";
const CHANGED = "Deployment shop/web: pod template of revision 2 replaced by that of revision 1";
const STILL_THERE = "The remedy is still in place. The last command takes it back.";
const TOGETHER = "Look at it together with whoever changed it: whether it is well by now is not known.";
const PERHAPS_THERE = "If the remedy is still in place, the last command takes it back.";
const RESTART: Change = { kind: "restart", mode: "evict", pods: [{ name: "web-2-a", uid: "a" }] };

const look = (verdict: Verification["verdict"]): Verification => ({
  verdict,
  reasons: ["its pod template is not that of revision 1 any more"],
  wait_seconds: 1,
  observation: { digest: "d", well_since: null },
});
const undo = (status: UndoResult["status"]): UndoResult => ({
  status,
  message: status === "applied" ? "The rollback was undone." : "The remedy was not undone. Its rollout was paused.",
  wait_seconds: 1,
  deadline: "2026-06-01T12:30:00.000Z",
});
const looked = (verdict: UndoVerification["verdict"]): UndoVerification => ({ verdict, reasons: ["something"] });

/** What people are told of a remedy that was applied, and ended so. */
function told(end: object, change?: Change) {
  const applied = appliedRun(change);
  const remedy = remedyResult({
    ...applied.remedy,
    undo: change?.kind === "restart" ? "cannot be undone" : "can be undone",
  });
  const run = { ...applied, remedy, ...end };
  return workloadMessage(run, outcomeOf(run, false)).document;
}

describe("what people are told of a remedy that was applied and did not end well", () => {
  it("says that it is in place, and how it is taken back, where nobody took it back", () => {
    const { changed, commands, next_steps, verified } = told({ verification: look("not_recovered") });

    expect(changed).toEqual([CHANGED]);
    expect(commands.at(-1)).toBe(UNDO_COMMAND);
    expect(next_steps).toEqual(["Look at it now: it still fails.", STILL_THERE]);
    expect(verified).toMatch(/^yes: it did not recover/);
  });

  it("says nothing of the kind where somebody else has put something in its place", () => {
    const { changed, commands, next_steps, verified } = told({ verification: look("overtaken") });

    expect(changed).toEqual([]);
    expect(commands).not.toContain(UNDO_COMMAND);
    expect(next_steps).toEqual([TOGETHER]);
    expect(verified).toBe("no: somebody else changed it since");
  });

  it("still names the pods that are gone, whoever has changed the workload since", () => {
    const { changed, next_steps } = told({ verification: look("overtaken") }, RESTART);

    expect(changed).toEqual(["evicted: web-2-a"]);
    expect(next_steps).toEqual([TOGETHER]);
  });

  it.each([
    ["was left out, for what somebody did meanwhile", { undo: undo("overtaken") }, TOGETHER, "it did not recover"],
    [
      "did not show in time",
      { undo: undo("applied"), undo_verification: looked("not_undone") },
      "Look at it now: it still fails.",
      "no: the undo is not verified",
    ],
  ])("does not claim to know what stands where its undo %s", (_how, end, first, said) => {
    const { commands, next_steps, verified } = told({ verification: look("not_recovered"), ...end });

    expect(next_steps).toEqual([first, PERHAPS_THERE]);
    expect(commands.at(-1)).toBe(UNDO_COMMAND);
    expect(verified).toContain(said);
  });
});
