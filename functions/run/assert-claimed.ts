import type { WorkloadRun } from "./contracts.ts";
import { RemediationError } from "../shared/errors.ts";
import { describeWorkload } from "../kinds/workloads.ts";

/**
 * How long before its claim expires a step stops writing, in seconds: a step may take a minute, and the clocks of those who
 * wait for the claim to expire may be half a minute ahead.
 */
const MARGIN_SECONDS = 90;

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
