import type { Policy } from "../shared/policy.ts";

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

/** How long to wait between two looks at an undo, in seconds. */
export function undoInterval(policy: Policy): number {
  return Math.min(10, policy.verify.interval_seconds);
}

/** How long a failure may go unseen by scheduled runs and still be the same, in seconds: one of them may miss it. */
export function unseenSeconds({ schedule_seconds }: Policy): number {
  return 2 * schedule_seconds;
}
