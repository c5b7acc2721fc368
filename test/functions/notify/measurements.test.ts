import { describe, expect, it } from "vitest";
import { measurementsOf } from "../../../functions/notify/measurements.ts";
import { outcomeOf } from "../../../functions/run/outcome.ts";
import type { WorkloadRun } from "../../../functions/run/contracts.ts";
import { ago, incident, NOW } from "../../support/objects.ts";
import { claimedRun, diagnosis, remedyResult } from "../../support/runs.ts";

const measured = (run: WorkloadRun) => measurementsOf(run, outcomeOf(run, false), NOW);

const failing = incident({
  failures: [
    { reason: "Error", count: 1, since: ago(90) },
    { reason: "CrashLoopBackOff", count: 2, since: ago(240) },
    { reason: "Unready", count: 1 },
  ],
});
const observation = { digest: "d", well_since: null };

describe("the end of a remediation is measured", () => {
  it("by cause, remedy and outcome, and by the time since the failure began", () => {
    const verification = { verdict: "recovered", reasons: [], wait_seconds: 1, observation } as const;
    const run = claimedRun({ incident: failing, diagnosis: diagnosis(), remedy: remedyResult() });

    expect(measured({ ...run, verification: { ...verification, reasons: [] } })).toEqual([
      { name: "Outcomes", value: 1, dimensions: { outcome: "Recovered" } },
      { name: "Incidents", value: 1, dimensions: { cause: "CrashLoopAfterRollout" } },
      { name: "Remedies", value: 1, dimensions: { action: "rollback", outcome: "Recovered" } },
      { name: "TimeToVerifiedFix", value: 240 },
    ]);
  });

  it("without a remedy where none was applied, and with a person's need", () => {
    const remedy = { action: "none", refusal: "NoSafeRemedy", message: "m" } as const;

    expect(measured(claimedRun({ incident: failing, diagnosis: diagnosis({ remedy }) }))).toEqual([
      { name: "Outcomes", value: 1, dimensions: { outcome: "Skipped" } },
      { name: "Incidents", value: 1, dimensions: { cause: "CrashLoopAfterRollout" } },
      { name: "NeedsPerson", value: 1 },
    ]);
  });
});
