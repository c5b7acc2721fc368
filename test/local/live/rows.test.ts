import { describe, expect, it } from "vitest";
import type { ExecutionEvent } from "../../../local/engine/engine.ts";
import { afterEvent, type Row, type Rows } from "../../../local/live/rows.ts";
import { incident } from "../../support/objects.ts";
import { claimedRun, diagnosis, remedyResult } from "../../support/runs.ts";

const run = claimedRun({
  incident: incident({ failures: [{ reason: "CrashLoopBackOff", count: 2 }], failing_pods: 2 }),
});

function event(type: ExecutionEvent["type"], state: string, state_of: Partial<ExecutionEvent> = {}): ExecutionEvent {
  return { type, state, iteration: 0, input: run, output: undefined, error: undefined, ...state_of };
}

/** The row of the workload after these events. */
function rowAfter(...events: ExecutionEvent[]): Row | undefined {
  return events.reduce<Rows>(afterEvent, new Map()).get(0);
}

const claiming = event("entered", "Claim workload");

describe("the row of a workload", () => {
  it("begins with what fails", () => {
    expect(rowAfter(claiming)).toEqual({
      workload: "Deployment shop/web",
      failure: "CrashLoopBackOff (2 pods)",
      diagnosis: "",
      remedy: "",
      progress: "claiming",
      outcome: undefined,
      needsPerson: false,
    });
  });

  it("takes on the diagnosis and the remedy, or neither", () => {
    const refused = diagnosis({ remedy: { action: "none", refusal: "OptedOut", message: "m" } });
    const diagnosed = (found = diagnosis()) => event("exited", "Diagnose", { output: { ...run, diagnosis: found } });

    expect(rowAfter(claiming, diagnosed())).toMatchObject({ diagnosis: "CrashLoopAfterRollout", remedy: "rollback" });
    expect(rowAfter(claiming, diagnosed(refused))).toMatchObject({ remedy: "" });
  });

  it("says what is waited for, and what was found wrong", () => {
    const waiting = event("entered", "Wait for it to settle", { input: { ...run, remedy: remedyResult() } });
    const look = (verdict: string, reasons: string[]) =>
      event("exited", "Verify", { output: { ...run, verification: { verdict, reasons } } });

    expect(rowAfter(claiming, waiting)?.progress).toMatch(/^settling, first look in \d+ s$/);
    expect(rowAfter(claiming, look("settling", ["1 of 2 replicas ready"]))?.progress).toBe("1 of 2 replicas ready");
    expect(rowAfter(claiming, look("not_recovered", ["no"]))?.progress).toBe("not recovered");
  });

  it("ends with the outcome, and its reason", () => {
    const output = { outcome: "Skipped", reason: "OptedOut", needs_person: true };

    expect(rowAfter(claiming, event("exited", "Release workload", { output }))).toMatchObject({
      outcome: "Skipped",
      progress: "OptedOut",
      needsPerson: true,
    });
  });

  it("is not begun by what concerns the run as a whole, or no workload", () => {
    expect(rowAfter({ ...claiming, iteration: undefined })).toBeUndefined();
    expect(rowAfter({ ...claiming, input: {} })).toBeUndefined();
  });
});
