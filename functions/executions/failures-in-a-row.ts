import { coolDownMs } from "../run/cool-down.ts";
import { unseenSeconds } from "../run/pauses.ts";
import type { Policy } from "../shared/policy.ts";
import { duration, moment } from "../shared/text.ts";

/** A scheduled run that failed. */
export interface FailedRun {
  at: Date;
  /** The error's name; absent where it was not asked for. */
  error?: string;
}

/** The scheduled runs that failed before one, of the same schedule. */
export interface FailedRuns {
  /** The latest first. */
  runs: readonly FailedRun[];
  /** Whether none is missing among them: those of another schedule may have taken their place. */
  isWhole: boolean;
}

/** How many failures in a row are counted one by one: fewer than are looked back at. */
const COUNTED = 500;
/** After how long without a failure the next one is told as if there had been none, in milliseconds. */
export const FORGOTTEN_MS = 86_400_000;

/** Failures that are one matter: whatever worked in between did not work for long enough. */
interface Row {
  /** The latest first. */
  runs: readonly FailedRun[];
  /** How long runs have to work before it is over, in milliseconds. */
  settlesMs: number;
}

/** What is said of a failure among others in a row. */
export interface Telling {
  isTold: boolean;
  /** How many have failed, and when that is told again; empty for the first one that fails so. */
  words: string;
}

/**
 * Decides whether people are told that another scheduled run failed: of the first, the second, the fourth, the eighth that ends
 * with the same error, so that the pauses double whether or not others work in between, and of the first of each day (UTC).
 * Once runs have worked for long enough that people are told so, the next failure is told at once.
 */
export function tellingOf(error: string, before: FailedRuns, policy: Policy, now: Date): Telling {
  const { runs, settlesMs } = rowAt(before.runs, policy, now);
  const [latest] = runs;
  if (latest === undefined || !runs.some((run) => run.error === error)) return { isTold: true, words: "" };
  const alike = runs.filter((run) => (run.error ?? error) === error).length + 1;
  const isFirstOfDay = dayOf(latest.at) !== dayOf(now);
  const isCounted = before.isWhole && Number.isInteger(Math.log2(alike));
  const then = `While that goes on, it is told again after pauses that double, and once a day; and once when none has failed for ${duration(settlesMs / 1_000)}.`;
  return { isTold: isCounted || isFirstOfDay, words: `${inARow(runs, before.isWhole)} ${then}` };
}

/** That one more has failed, in words that are true whatever came in between. */
function inARow(runs: readonly FailedRun[], isWhole: boolean): string {
  const first = runs.at(-1);
  if (!isWhole || runs.length >= COUNTED || first === undefined) {
    return `More than ${Math.min(COUNTED, runs.length)} scheduled runs have failed.`;
  }
  return `It is scheduled run number ${runs.length + 1} that fails since ${moment(first.at)}; others may have worked in between.`;
}

/** That scheduled runs work again, and since when they have to have worked for that. */
export interface Settled {
  since: Date;
  words: string;
}

/**
 * Whether a scheduled run that works shows that runs work again: it began when none had failed for as long as it takes for the
 * row of failures before it to be over. Undefined where none failed, or it is too early.
 * @param began when the run began
 */
export function settledBy(began: Date, { runs, isWhole }: FailedRuns, policy: Policy): Settled | undefined {
  const [latest] = runs;
  if (latest === undefined) return undefined;
  const row = rowAt(runs, policy, latest.at);
  const since = new Date(latest.at.getTime() + row.settlesMs);
  if (began < since) return undefined;
  const { length } = row.runs;
  const many = isWhole && length <= COUNTED ? String(length) : `more than ${Math.min(COUNTED, length - 1)}`;
  const failed = length === 1 ? "one that failed" : `${many} that failed`;
  const error = latest.error === undefined ? "" : `, the last with ${latest.error}`;
  const { settlesMs } = row;
  return {
    since,
    words: `Scheduled runs work again: none has failed for ${duration(settlesMs / 1_000)}, after ${failed}${error}.`,
  };
}

/**
 * The row that a failure now would belong to; without runs where it would be the first of one. A row is over when none has
 * failed for the first pause of the policy's cool-down, and the next within a day lasts twice as long: what fails and works
 * in turn is one matter soon, however far apart its failures are.
 */
function rowAt(failed: readonly FailedRun[], policy: Policy, now: Date): Row {
  const settles = (row: number) => Math.max(coolDownMs(row, policy), unseenSeconds(policy) * 1_000);
  const inOrder = failed.toSorted((a, b) => a.at.getTime() - b.at.getTime());
  const times = [...inOrder.map(({ at }) => at.getTime()), now.getTime()];
  let [first, number] = [0, 1];
  for (const [index, time] of times.entries()) {
    const apart = time - (times[index - 1] ?? time);
    if (apart < settles(number)) continue;
    number = apart < FORGOTTEN_MS ? number + 1 : 1;
    first = index;
  }
  return { runs: inOrder.slice(first).reverse(), settlesMs: settles(number) };
}

function dayOf(date: Date): string {
  return date.toISOString().slice(0, 10);
}
