import { describeWorkload } from "../kinds/workloads.ts";
import { RemediationError } from "../shared/errors.ts";
import type { Policy } from "../shared/policy.ts";
import type { CaughtError, WorkloadRun } from "./contracts.ts";
import { settling } from "./settling.ts";

/**
 * Makes sure that the execution was not stopped and redriven since it took its claim. A redriven state begins anew with the
 * input that it had, minutes or days later: what that says of the workload and of the claim may not be so any more, and
 * whether the state did something before it was stopped is not in it.
 * @throws RemediationError `ExecutionRedriven`
 */
export function assertNotRedriven({ dry_run, claim, incident }: WorkloadRun, redrive: number): void {
  if (dry_run || redrive === (claim?.redrive ?? 0)) return;
  throw new RemediationError(
    "ExecutionRedriven",
    `${describeWorkload(incident.workload)}: the execution was redriven, so its claim is looked at before it goes on.`,
  );
}

/** Until when the remedy may take effect: a redriven execution gives it its time anew. */
export function deadlineOf(run: WorkloadRun, policy: Policy): string {
  const { deadline = "" } = run.remedy ?? {};
  const { resumed_at } = run.claim ?? {};
  if (resumed_at === undefined) return deadline;
  const anew = settling(run, policy, new Date(resumed_at)).deadline;
  return Date.parse(anew) > Date.parse(deadline) ? anew : deadline;
}

/** Whether the remedy's step has ended with an error or was stopped, and nobody could look what it did. */
export function isUnseen({ remedy, remedy_error, redriven }: WorkloadRun): boolean {
  return remedy === undefined && (remedy_error ?? redriven) !== undefined;
}

/** What kept a remedy's step from doing all of its plan: the error that it ended with, or that of a further part. */
export function stoppedBy({ remedy, remedy_error }: WorkloadRun): CaughtError | undefined {
  return remedy_error ?? remedy?.stopped_by;
}
