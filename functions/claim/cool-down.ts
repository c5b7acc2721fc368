import type { HistoryEntry } from "../run/contracts.ts";
import type { Refusal } from "../run/refusals.ts";
import { isIneffective, sinceLastSuccess } from "../run/history.ts";
import type { Policy } from "../shared/policy.ts";

/** Why the history speaks against acting now. */
export interface Pause {
  refusal: Extract<Refusal, "CoolingDown" | "TriedTooOften">;
  message: string;
  /** Whether a person has to look: earlier remedies did not help. */
  needsPerson: boolean;
}

/**
 * Decides from the history (newest first) whether a workload may be looked after again.
 *
 * After a remedy that helped it is left alone for the base cool-down; each further entry since then that did not help
 * doubles the time. After the policy's number of ineffective remedies it is left to a person, until its template changes.
 *
 * @param template hash of the workload's present pod template; undefined for workloads that have none
 */
export function pause(
  history: HistoryEntry[],
  template: string | undefined,
  policy: Policy,
  now: Date,
): Pause | undefined {
  const latest = history.find((entry) => entry.template === template);
  if (latest === undefined) return undefined;
  const fruitless = sinceLastSuccess(history, template);
  const ineffective = fruitless.filter(isIneffective).length;
  const { max_ineffective } = policy.cool_down;

  if (ineffective >= max_ineffective) {
    return {
      refusal: "TriedTooOften",
      message: `${ineffective === 1 ? "The last remedy" : `The last ${ineffective} remedies`} did not help (last: ${latest.action}). It is left to a person until its pod template changes.`,
      needsPerson: true,
    };
  }
  const until = coolDownEnd(latest, fruitless.length, policy);
  if (until.getTime() <= now.getTime()) return undefined;
  return {
    refusal: "CoolingDown",
    message: `It was looked after at ${latest.at} (${latest.cause}: ${latest.outcome}); the next try is not before ${until.toISOString()}.`,
    needsPerson: fruitless.length > 0,
  };
}

/** How long people are not told again of what is only looked at, while it stays as it is, in seconds. */
const TOLD_SECONDS = 86_400;

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
  const isAnew = since !== undefined && Date.parse(since) > Date.parse(latest.at);
  if (isAnew) return pause(history, undefined, policy, now);
  const until = new Date(Date.parse(latest.at) + TOLD_SECONDS * 1_000);
  if (until.getTime() <= now.getTime()) return undefined;
  const message = `People were told of it at ${latest.at} (${latest.cause}); they are told again not before ${until.toISOString()}.`;
  return { refusal: "CoolingDown", message, needsPerson: true };
}

/** When the cool-down after an entry of the history ends: the base time, doubled for each try that did not help. */
export function coolDownEnd({ at }: Pick<HistoryEntry, "at">, fruitless: number, policy: Policy): Date {
  const { base_seconds, max_seconds } = policy.cool_down;
  return new Date(Date.parse(at) + Math.min(max_seconds, base_seconds * 2 ** fruitless) * 1_000);
}
