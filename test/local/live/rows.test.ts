import { describe, expect, it } from "vitest";
import type { ExecutionEvent } from "../../../local/engine/engine.ts";
import type { Verification, WorkloadRun } from "../../../functions/run/contracts.ts";
import { afterEvent, afterReading, progressAt, type Row, type Rows } from "../../../local/live/rows.ts";
import { incident, NOW, WEB } from "../../support/objects.ts";
import { claimedRun, diagnosis, remedyResult } from "../../support/runs.ts";

const run = claimedRun({
  incident: incident({ failures: [{ reason: "CrashLoopBackOff", count: 2 }], failing_pods: 2 }),
});

function event(type: ExecutionEvent["type"], state: string, state_of: Partial<ExecutionEvent> = {}): ExecutionEvent {
  return { type, state, iteration: 0, input: run, output: undefined, error: undefined, ...state_of };
}

/** The row of the workload after these events. */
function rowAfter(...events: ExecutionEvent[]): Row | undefined {
  return events.reduce<Rows>((rows, next) => afterEvent(rows, next, NOW), new Map()).get(0);
}

/** A look that found the workload on its way, or well since that moment. */
function settling(well_since: string | null): Verification {
  const reasons = [well_since === null ? "1 of 2 replicas ready" : "well since then; it has to stay so for 60 s"];
  return { verdict: "settling", reasons, wait_seconds: 30, observation: { digest: "d", well_since } };
}

const look = (verification: Verification) => event("exited", "Verify", { output: { ...run, verification } });
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

  it("counts down to the next look, and says what the look before found", () => {
    const waiting = (state: string, run: WorkloadRun) => event("entered", state, { input: run });
    const at = (seconds: number, row: Row | undefined) =>
      row && progressAt(row, new Date(NOW.getTime() + seconds * 1_000));
    const first = rowAfter(claiming, waiting("Wait for it to settle", { ...run, remedy: remedyResult() }));
    const next = (well_since: string | null) =>
      rowAfter(
        claiming,
        look(settling(well_since)),
        waiting("Wait again", { ...run, verification: settling(well_since) }),
      );

    expect(at(0, first)).toBe("20 s to the first look; settling");
    expect(at(12.4, first)).toBe("8 s to the first look; settling");
    expect(at(60, first)).toBe("0 s to the first look; settling");
    expect(at(5, next(null))).toBe("25 s to the next look; 1 of 2 replicas ready");
    expect(at(5, next(NOW.toISOString()))).toBe("25 s to the next look; well so far");
    expect(at(5, rowAfter(claiming, waiting("Wait again", { ...run, verification: settling(null) }), claiming))).toBe(
      "claiming",
    );
  });

  it.each([
    ["go_on", "goes on with the next part"],
    ["not_recovered", "not recovered"],
    ["recovered", "recovered"],
  ] as const)("says what a look with the verdict %s means", (verdict, progress) => {
    expect(rowAfter(claiming, look({ ...settling(null), verdict }))?.progress).toBe(progress);
  });

  it("shows the replicas of its workload, once they were read", () => {
    const rows = afterEvent(new Map(), claiming, NOW);
    const reading = { workload: WEB, ready: 1, wanted: 2 };

    expect(rows.get(0)?.replicas).toBeUndefined();
    expect(afterReading(rows, { iteration: 0, ...reading }).get(0)?.replicas).toEqual({ ready: 1, wanted: 2 });
    expect(afterReading(rows, { iteration: 1, ...reading })).toBe(rows);
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
