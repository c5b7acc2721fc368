import { describe, expect, it } from "vitest";
import { workloadMessage } from "../../../functions/notify/message.ts";
import { outcomeOf } from "../../../functions/run/outcome.ts";
import { workloadDocument } from "../../../functions/notify/document.ts";
import type { Change, Diagnosis, Try, WorkloadRun } from "../../../functions/run/contracts.ts";
import { claimedRun, diagnosis, remedyResult } from "../../support/runs.ts";

const first: Try = {
  diagnosis: diagnosis({
    cause: "ContainerNotCreated",
    summary: "2 pods cannot start.",
    remedy: { action: "restart", mode: "evict", pods: [{ name: "web-2-a", uid: "a" }] },
  }),
  remedy: remedyResult({
    message: "Evicted 2 pods.",
    change: { kind: "restart", mode: "evict", pods: [{ name: "web-2-a", uid: "a" }] },
  }),
  verification: {
    verdict: "not_recovered",
    reasons: ["0 of 2 replicas ready"],
    wait_seconds: 1,
    observation: { digest: "d", well_since: null },
  },
};

describe("a second try", () => {
  it("that helps is a recovery by that remedy", () => {
    const verification = { ...first.verification, verdict: "recovered" as const, reasons: [] };
    const run = claimedRun({ tries: [first], diagnosis: diagnosis(), remedy: remedyResult(), verification });

    expect(outcomeOf(run, false)).toMatchObject({ outcome: "Recovered", action: "rollback", needs_person: false });
  });

  it("that the evidence does not allow leaves it to a person, with the first try and the reason", () => {
    const remedy = { action: "none", refusal: "NoHealthyRevision", message: "No earlier revision is known." } as const;
    const report = outcomeOf(claimedRun({ tries: [first], diagnosis: diagnosis({ remedy }) }), false);

    expect(report).toMatchObject({ outcome: "Unresolved", action: "restart", needs_person: true });
    expect(report.summary).toContain("Evicted 2 pods. It did not help: 0 of 2 replicas ready.");
    expect(report.summary).toContain("No earlier revision is known.");
  });

  it("that finds nothing failing any more does not say that nothing was done, nor that it is well", () => {
    const remedy = { action: "none", refusal: "NotFailingAnymore", message: "It recovered before anything was done." };
    const again = diagnosis({ cause: "Unknown", remedy: remedy as Diagnosis["remedy"] });
    const run = claimedRun({ tries: [first], diagnosis: again });
    const report = outcomeOf(run, false);

    expect(report).toMatchObject({ outcome: "Unresolved", action: "restart", needs_person: true });
    expect(report.summary).toContain("Evicted 2 pods. It did not help: 0 of 2 replicas ready.");
    expect(report.summary).toContain("Since then nothing fails any more, but whether it stays so was not watched.");
    expect(report.summary).not.toContain("before anything was done");
    expect(workloadMessage(run, report).document.next_steps).toEqual(["Look whether it stays well."]);
  });

  it("that cannot be diagnosed or applied is told with the error's name", () => {
    const error = { Error: "Forbidden", Cause: '{"errorMessage": "Grant this verb."}' };

    const notApplied = { diagnosis: diagnosis(), remedy: remedyResult({ status: "failed" }), remedy_error: error };
    for (const found of [{ error }, notApplied, { diagnosis: diagnosis(), remedy_error: error, error }]) {
      expect(outcomeOf(claimedRun({ tries: [first], ...found }), false)).toMatchObject({
        outcome: "Unresolved",
        reason: "Forbidden",
        summary: expect.stringContaining("Grant this verb.") as string,
      });
    }
  });

  it("does not hide what the first try changed, nor that it was verified", () => {
    const evicted: Change = { kind: "restart", mode: "evict", pods: [{ name: "web-2-a", uid: "a" }] };
    const tries = [{ ...first, remedy: remedyResult({ message: "Evicted 1 pod.", change: evicted }) }];
    const documentOf = (run: WorkloadRun) => workloadDocument(run, outcomeOf(run, false));
    const remedy = { action: "none", refusal: "NoHealthyRevision", message: "No earlier revision is known." } as const;

    expect(documentOf(claimedRun({ tries, diagnosis: diagnosis({ remedy }) }))).toMatchObject({
      done: ["Evicted 1 pod. It did not help."],
      changed: ["evicted: web-2-a"],
      change: evicted,
      verified: "yes: it did not recover (0 of 2 replicas ready)",
    });
    const second = claimedRun({ tries, diagnosis: diagnosis(), remedy: remedyResult() });
    const { changed, change } = documentOf(second);
    expect(changed).toEqual(["evicted: web-2-a", expect.stringContaining("pod template of revision 2 replaced")]);
    expect(change).toMatchObject({ kind: "rollback" });
    expect(documentOf({ ...second, undo_verification: { verdict: "undone", reasons: [] } }).changed).toEqual([
      "evicted: web-2-a",
    ]);
  });
});
