import type { HistoryEntry, Outcome } from "./contracts.ts";
import { isIneffective, sinceLastSuccess, sinceWellAgain, UNFINISHED, wasNotTried } from "./history.ts";
import type { Refusal } from "./refusals.ts";
import type { Policy } from "../shared/policy.ts";

/** Why a workload is left alone for now. */
export interface Pause {
  refusal: Extract<Refusal, "AlreadyClaimed" | "CoolingDown" | "TriedTooOften">;
  message: string;
  /** Whether a person has to look: earlier remedies did not help. */
  needsPerson: boolean;
  /** Whether nothing is done until a person has looked, who was told so. */
  leftToPerson: boolean;
}

/** What of a history somebody refers to who asks. */
export interface Wish {
  /** The plan that they approve. */
  approves?: string;
  /** The execution whose work they take back. */
  undoes?: string;
}

const UNDONE: Outcome = "Undone";

/** How long people are not told the same again of what stays as it is, in milliseconds. */
export const TOLD_MS = 86_400_000;

/**
 * Decides from the history (newest first) whether a workload may be looked after again.
 *
 * After a remedy that helped it is left alone for the base cool-down; each further entry since then that did not help
 * doubles the time, up to the day after which people are told again where nothing was done. What the limits, or the
 * switch that stops everything, held back was not tried, and is looked at again after the base time. After the policy's number of
 * ineffective remedies it is left to a person, until its template changes: it is looked at once a day, to tell people. What fails
 * after people were told that it works again is looked at at once, so that they hear of that.
 *
 * @param template hash of the workload's present pod template; undefined for workloads that have none
 * @param asked whether somebody asks for a remedy: they need not wait after a look at which nothing was done, and it is nothing
 *   that is looked at once a day
 * @param wish what they refer to: they need not wait after that either
 */
export function pause(
  history: HistoryEntry[],
  template: string | undefined,
  policy: Policy,
  now: Date,
  asked = false,
  { approves, undoes }: Wish = {},
): Pause | undefined {
  // Where people were only told, there is nothing that whoever asks would have to wait for.
  const isPassed = (entry: HistoryEntry) =>
    (asked && isOnlyTold(entry)) ||
    (approves !== undefined && entry.plan === approves) ||
    (undoes !== undefined && entry.execution === undoes);
  const present = sinceWellAgain(history);
  const latest = present.find((entry) => entry.template === template && !isPassed(entry));
  if (latest === undefined) return undefined;
  // Looks at which nothing was done lengthen the pause after such a look, and none after a remedy. What was taken back as
  // somebody asked was none in vain.
  const fruitless = sinceLastSuccess(present, template).filter(
    (entry) => !wasNotTried(entry) && entry.outcome !== UNDONE && (isOnlyTold(latest) || entry.outcome !== "Skipped"),
  );
  const tooOften = triedTooOften(history, template, policy);
  const until = restsUntil(latest, fruitless.length, tooOften !== undefined, policy);
  const isOver = until.getTime() <= now.getTime();

  if (tooOften !== undefined) {
    if (isOver && !asked) return undefined;
    return { refusal: "TriedTooOften", message: tooOften, needsPerson: true, leftToPerson: true };
  }
  if (isOver) return undefined;
  return {
    refusal: "CoolingDown",
    message: `It was looked after at ${latest.at} (${latest.cause}: ${latest.outcome}); nothing more is done to it before ${until.toISOString()}.`,
    needsPerson: fruitless.length > 0,
    leftToPerson: isOnlyTold(latest) && !wasNotTried(latest),
  };
}

/** Until when a workload is left alone after the latest entry of its history. */
function restsUntil(latest: HistoryEntry, fruitless: number, isTooOften: boolean, policy: Policy): Date {
  const end = coolDownEnd(latest, fruitless, policy);
  const told = toldAt(latest);
  if (told === undefined) return end;
  const again = new Date(told.getTime() + TOLD_MS);
  if (isTooOften) return again;
  return isOnlyTold(latest) && again < end ? again : end;
}

/** That so many remedies in a row did not help that no more is tried, in words; undefined where that is not so. */
export function triedTooOften(
  history: readonly HistoryEntry[],
  template: string | undefined,
  policy: Policy,
): string | undefined {
  const ineffective = sinceLastSuccess(history, template).filter(isIneffective);
  const [last] = ineffective;
  if (last === undefined || ineffective.length < policy.cool_down.max_ineffective) return undefined;
  const remedies = ineffective.length === 1 ? "The last remedy" : `The last ${ineffective.length} remedies`;
  return `${remedies} did not help (last: ${last.action}). It is left to a person until its pod template changes.`;
}

/** When people were last told what an entry of a history says; undefined where nobody could be. */
export function toldAt({ at, told, outcome }: HistoryEntry): Date | undefined {
  if (told === null || outcome === UNFINISHED) return undefined;
  return new Date(told ?? at);
}

/** Whether nothing was done, and nothing helped: people were told, which is all. */
export function isOnlyTold({ applied, outcome }: HistoryEntry): boolean {
  return applied !== true && (outcome === "Skipped" || outcome === "Unresolved");
}

/**
 * Decides whether people are told again of what is no workload, and reported only: a day later, while it stays as it was; as
 * soon as for a workload, where it was well in between.
 *
 * @param since when it became as it is now; undefined where that is not known
 */
export function pauseOfLookedAt(
  history: HistoryEntry[],
  since: string | undefined,
  policy: Policy,
  now: Date,
): Pause | undefined {
  const [latest] = history;
  if (latest === undefined) return undefined;
  const told = toldAt(latest);
  const isAnew = since !== undefined && Date.parse(since) > Date.parse(latest.at);
  if (isAnew || told === undefined) return pause(history, undefined, policy, now);
  const until = new Date(told.getTime() + TOLD_MS);
  if (until.getTime() <= now.getTime()) return undefined;
  const message = `People were told of it at ${told.toISOString()} (${latest.cause}); they are told again not before ${until.toISOString()}.`;
  return { refusal: "CoolingDown", message, needsPerson: true, leftToPerson: true };
}

/** When the cool-down after an entry of the history ends: the base time, doubled for each try that did not help. */
export function coolDownEnd({ at }: Pick<HistoryEntry, "at">, fruitless: number, policy: Policy): Date {
  return new Date(Date.parse(at) + coolDownMs(fruitless, policy));
}

/** How long the cool-down is after so many tries that did not help, in milliseconds. */
export function coolDownMs(fruitless: number, policy: Policy): number {
  const { base_seconds, max_seconds } = policy.cool_down;
  return Math.min(max_seconds, base_seconds * 2 ** fruitless) * 1_000;
}
