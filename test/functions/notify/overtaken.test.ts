import { describe, expect, it } from "vitest";
import { workloadMessage } from "../../../functions/notify/message.ts";
import type { Change, UndoResult, UndoVerification, Verification } from "../../../functions/run/contracts.ts";
import { outcomeOf } from "../../../functions/run/outcome.ts";
import { appliedRun, remedyResult } from "../../support/runs.ts";

const UNDO_COMMAND = "kubectl --context prod -n shop scale deployment/web --replicas=2";
const CHANGED = "Deployment shop/web: pod template of revision 2 replaced by that of revision 1";
const STILL_THERE = "What was done is still in place.";
const TOGETHER = "Look at it together with whoever changed it: whether it is well by now is not known.";
const NOT_KNOWN = "Whether what was done is still in place is not known.";
const SCALE: Change = { kind: "scale", scale: { target: "replicas", from: 2, to: 4 } };
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

const LOOK = "Look whether it still fails, and find the cause with the evidence below if it does.";

describe("what people are told of a remedy that was applied and did not end well", () => {
  it("says that it is in place where nobody took it back, and gives no command that would bring the failure back", () => {
    const { changed, take_back, next_steps, verified } = told({ verification: look("not_recovered") });

    expect(changed).toEqual([CHANGED]);
    expect(take_back).toEqual([]);
    expect(next_steps).toEqual(["Look at it now: it still fails.", STILL_THERE]);
    expect(verified).toMatch(/^yes: it did not recover/);
  });

  it("does not know whether it still fails where the execution was redriven and has not looked since", () => {
    const remedy = remedyResult({ status: "failed", message: "Nothing is to be seen of the rollback." });
    const claim = { status: "claimed", lease: "deployment.shop.web", redrive: 1 } as const;
    const run = { ...appliedRun(), remedy, claim };

    expect(workloadMessage(run, outcomeOf(run, false)).document.next_steps).toEqual([LOOK]);
  });

  it("says how it is taken back, where that brings nothing back that failed", () => {
    const { commands, take_back, next_steps } = told({ verification: look("not_recovered") }, SCALE);

    expect(take_back).toEqual([UNDO_COMMAND]);
    expect(commands).not.toContain(UNDO_COMMAND);
    expect(next_steps).toEqual(["Look at it now: it still fails.", STILL_THERE]);
  });

  it("says nothing of the kind where somebody else has put something in its place", () => {
    const { changed, take_back, next_steps, verified } = told({ verification: look("overtaken") });

    expect(changed).toEqual([]);
    expect(take_back).toEqual([]);
    expect(next_steps).toEqual([TOGETHER]);
    expect(verified).toBe("no: somebody else changed it since");
  });

  it("still names the pods that are gone, whoever has changed the workload since", () => {
    const { changed, next_steps } = told({ verification: look("overtaken") }, RESTART);

    expect(changed).toEqual(["evicted: web-2-a"]);
    expect(next_steps).toEqual([TOGETHER]);
  });

  it("leaves to whoever did it what somebody did before the undo", () => {
    const run = { verification: look("not_recovered"), undo: undo("overtaken") };

    for (const change of [undefined, SCALE]) {
      const { changed, done, take_back, next_steps, verified } = told(run, change);

      expect(next_steps).toEqual([TOGETHER]);
      expect([...changed, ...take_back]).toEqual([]);
      expect(done).toHaveLength(1);
      expect(verified).toContain("it did not recover");
    }
  });

  it("does not claim to know what stands where its undo did not show in time", () => {
    const run = {
      verification: look("not_recovered"),
      undo: undo("applied"),
      undo_verification: looked("not_undone"),
    };

    expect(told(run)).toMatchObject({
      next_steps: [LOOK, NOT_KNOWN],
      take_back: [],
      verified: "no: the undo is not verified",
    });
    expect(told(run, SCALE)).toMatchObject({
      next_steps: [LOOK, `${NOT_KNOWN} If it is, the command below takes it back.`],
      take_back: [UNDO_COMMAND],
    });
  });
});
