/** A scheduled run that failed. */
export interface FailedRun {
  at: Date;
  /** The error's name; absent where it was not asked for. */
  error?: string;
}

/** The run before which others failed. */
export interface PresentRun {
  /** Its execution's ARN. */
  id: string;
  name: string;
  /** When it ended, in milliseconds; absent while it has not. */
  stopped?: number;
}

/** How many failures in a row are counted one by one: fewer than are looked back at. */
const COUNTED = 500;

/** What is said of a failure among others in a row. */
export interface Telling {
  isTold: boolean;
  /** How many have failed, and when that is told again; empty for the first one that fails so. */
  words: string;
}

/**
 * Decides whether people are told that another scheduled run failed: of the first, the second, the fourth, the eighth that ends
 * with the same error, so that the pauses double, and of the first of each day (UTC).
 *
 * @param before the scheduled runs that failed since the last one that worked, the latest first
 */
export function tellingOf(error: string, before: readonly FailedRun[], now: Date): Telling {
  const [latest] = before;
  const isNew = !before.some((run) => run.error === error);
  if (latest === undefined || isNew) return { isTold: true, words: "" };
  const alike = before.filter((run) => (run.error ?? error) === error).length + 1;
  const isFirstOfDay = dayOf(latest.at) !== dayOf(now);
  const again = "While that goes on, it is told again after pauses that double, and once a day.";
  return {
    isTold: Number.isInteger(Math.log2(alike)) || isFirstOfDay,
    words: `${inARow(before.length + 1)} ${again}`,
  };
}

function inARow(number: number): string {
  return number > COUNTED
    ? `More than ${COUNTED} scheduled runs in a row have failed.`
    : `It is scheduled run number ${number} in a row that fails.`;
}

/** That scheduled runs work again, in words; undefined where none failed. @param before as for `tellingOf` */
export function workAgain(before: readonly FailedRun[]): string | undefined {
  const [latest] = before;
  if (latest === undefined) return undefined;
  const { length } = before;
  const number = length > COUNTED ? `more than ${COUNTED}` : length;
  const failed = length === 1 ? "one that failed" : `${number} in a row that failed`;
  const error = latest.error === undefined ? "" : `, the last with ${latest.error}`;
  return `Scheduled runs work again: this one ended with success, after ${failed}${error}.`;
}

function dayOf(date: Date): string {
  return date.toISOString().slice(0, 10);
}
