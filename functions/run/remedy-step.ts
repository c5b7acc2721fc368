import type { Remedy, RemedyResult, WorkloadRun } from "./contracts.ts";
import { RemediationError } from "../shared/errors.ts";
import { describeWorkload } from "../kinds/workloads.ts";

/**
 * How long before its claim expires a step stops writing, in seconds: a step may take a minute, and the clocks of those who
 * wait for the claim to expire may be half a minute ahead.
 */
const MARGIN_SECONDS = 90;

/**
 * The remedy of a run, if it is the one that this step carries out.
 * @throws RemediationError `InvalidStepInput` when the state machine routed the run to the wrong step
 */
export function remedyOf<Action extends Remedy["action"]>(
  run: WorkloadRun,
  action: Action,
): Extract<Remedy, { action: Action }> {
  const remedy = run.diagnosis?.remedy;
  if (remedy?.action !== action) {
    throw new RemediationError(
      "InvalidStepInput",
      `This step carries out ${action}, not ${remedy?.action ?? "nothing"}.`,
    );
  }
  return remedy as Extract<Remedy, { action: Action }>;
}

/**
 * Makes sure that nobody else may have claimed the workload before this step has made its writes. A step that comes late,
 * after long retries, must not disturb whoever has taken the workload over.
 * @throws RemediationError `ClaimExpired`
 */
export function assertClaimed({ dry_run, claim, incident }: WorkloadRun, now: Date): void {
  if (dry_run) return;
  const expires = claim?.expires_at ?? "";
  if (Date.parse(expires) - now.getTime() >= MARGIN_SECONDS * 1_000) return;
  throw new RemediationError(
    "ClaimExpired",
    `${describeWorkload(incident.workload)}: the claim lasts until ${expires}, which is too short for another change, so none was made. Another execution may be at work on it by then.`,
  );
}

/** The refusal of a remedy that somebody else has carried out since the diagnosis: it is theirs, and nothing to be undone. */
export function alreadySo(toDo: string): Pick<RemedyResult, "status" | "refusal" | "message"> {
  return {
    status: "refused",
    refusal: "AlreadyAsRequested",
    message: `Somebody else was about to ${toDo} as well, and was first; nothing was done.`,
  };
}
