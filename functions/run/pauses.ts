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

/** How many remedies one execution tries at most: what does not help and cannot be undone may be followed by another. */
export const MAX_TRIES = 2;

/**
 * The longest that one remediation may hold its claim, in seconds: the waits for each remedy that it may try, the undo's
 * wait, and slack for retries.
 */
export function claimSeconds(policy: Policy): number {
  const { deadline_seconds, soak_seconds, undo_deadline_seconds } = policy.verify;
  // Three soaks: in the deadline of the remedy, past it while the workload is well, and the last wait for the rest of one.
  return MAX_TRIES * (deadline_seconds + 3 * soak_seconds) + undo_deadline_seconds + 300;
}
