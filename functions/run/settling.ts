import type { WorkloadRun } from "./contracts.ts";
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

/** By how much each pause between two looks is longer than the one before, and how long the longest is, in intervals. */
const PAUSE_GROWTH = 1.25;
const LONGEST_PAUSE = 3;

/**
 * How long to wait after so many looks at a workload that does not recover, in seconds: what helps, helps soon as a rule, and
 * the longer it takes, the less a look more tells.
 */
export function pauseAfter(looks: number, { verify: { interval_seconds: interval } }: Policy): number {
  return Math.ceil(interval * Math.min(LONGEST_PAUSE, PAUSE_GROWTH ** (looks - 1)));
}

/** The same for an undo, which only has to be observed by the controllers. */
export function undoSettling(policy: Policy, now: Date): Settling {
  return {
    wait_seconds: undoInterval(policy),
    deadline: new Date(now.getTime() + policy.verify.undo_deadline_seconds * 1_000).toISOString(),
  };
}

/** How long to wait between two looks at an undo, in seconds. */
export function undoInterval(policy: Policy): number {
  return Math.min(10, policy.verify.interval_seconds);
}
