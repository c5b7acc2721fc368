import type { WorkloadRun } from "./contracts.ts";
import { undoInterval } from "./pauses.ts";
import type { Policy } from "../shared/policy.ts";

/** How long to wait before the first look, and until when a remedy may take effect. */
export interface Settling {
  wait_seconds: number;
  deadline: string;
}

/**
 * A remedy has as long as the workload's own progress deadline allows, within the policy's limit and what its cause says,
 * and the soak on top.
 */
export function settling(run: WorkloadRun, policy: Policy, now: Date): Settling {
  const { deadline_seconds: longest, soak_seconds } = policy.verify;
  const { progress_deadline_seconds: own = longest, deadline_seconds: ofRemedy = longest } = run.diagnosis ?? {};
  const seconds = Math.min(own, ofRemedy, longest) + soak_seconds;
  return {
    wait_seconds: Math.max(1, Math.min(policy.verify.interval_seconds, seconds)),
    deadline: new Date(now.getTime() + seconds * 1_000).toISOString(),
  };
}

/** The same for an undo, which only has to be observed by the controllers. */
export function undoSettling(policy: Policy, now: Date): Settling {
  return {
    wait_seconds: undoInterval(policy),
    deadline: new Date(now.getTime() + policy.verify.undo_deadline_seconds * 1_000).toISOString(),
  };
}
