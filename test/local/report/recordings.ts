import type { ExecutionEvent } from "../../../local/engine/engine.ts";
import type { Recording } from "../../../local/report/recording.ts";
import type { WorkloadResult, WorkloadRun } from "../../../functions/run/contracts.ts";
import { outcomeOf } from "../../../functions/run/outcome.ts";
import { NOW } from "../../support/objects.ts";
import { claimedRun, diagnosis, remedyResult } from "../../support/runs.ts";

/** A run that was rolled back to an earlier revision, and recovered. */
export const RECOVERED: WorkloadRun = claimedRun({
  diagnosis: diagnosis(),
  remedy: remedyResult(),
  verification: {
    verdict: "recovered",
    reasons: [],
    wait_seconds: 1,
    observation: { digest: "d", well_since: NOW.toISOString() },
  },
});

/** The states that such a run passes. */
export const PATH = [
  ...["Claim workload", "Claimed?", "Diagnose", "Which remedy?", "Roll back", "Applied?", "Wait for it to settle"],
  ...["Verify", "Did it work?", "Report outcome", "Release workload"],
];

/** A recording of one execution that looked after these workloads. */
export function recordingOf(runs: readonly WorkloadRun[], path: readonly string[] = PATH): Recording {
  const results = runs.map((run): WorkloadResult => ({ ...outcomeOf(run, false), delivered: true }));
  const events = runs.flatMap((run, iteration) =>
    path.flatMap((state, step) => {
      const last = step === path.length - 1;
      const event = (type: ExecutionEvent["type"], output: unknown) => ({
        at: new Date(NOW.getTime() + step * 1_000),
        type,
        state,
        iteration,
        input: run,
        output,
        error: undefined,
      });
      return [event("entered", undefined), event("exited", last ? results[iteration] : run)];
    }),
  );
  return {
    clusterName: "prod",
    began: NOW,
    ended: new Date(NOW.getTime() + 90_000),
    result: { status: "succeeded", output: { outcomes: results.map(({ outcome }) => outcome), workloads: results } },
    events,
    readings: [],
    notifications: [],
  };
}
