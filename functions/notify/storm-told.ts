import * as z from "zod";
import type { CaughtError } from "../run/contracts.ts";
import type { Detection, StormMemory } from "../run/detection.ts";
import { unseenSeconds } from "../run/pauses.ts";
import type { Policy } from "../shared/policy.ts";
import { bounded } from "../shared/text.ts";
import type { PastOutcome } from "../executions/runs.ts";
import { GAP_SECONDS } from "./unclaimed.ts";

/** What came of remembering a storm: an answer, or the error that kept it from being remembered. */
export type Remembered = StormMemory | CaughtError;

/** What is read of the output of a run that told of its outcomes. */
const Output = z.object({ outcomes: z.array(z.string()), storm_seen: z.array(z.string()) });

/**
 * Whether people are told of a storm that no Lease can remember. The outputs of the runs before do: it is told when it begins,
 * when it takes in what none of these saw, and by the first run of each day (UTC). Pure.
 * @param past what the runs before ended with that worked
 */
export function isToldAnew(
  { storm_seen: seen }: Pick<Detection, "storm_seen">,
  past: readonly PastOutcome[],
  policy: Policy,
  now: Date,
): boolean {
  const gap = Math.max(GAP_SECONDS, policy.cool_down.base_seconds, unseenSeconds(policy)) * 1_000;
  const before = past.flatMap(({ ended, output }) => {
    const { data } = Output.safeParse(output);
    const marks = data?.storm_seen.filter((mark) => seen.includes(mark)) ?? [];
    return now.getTime() - ended.getTime() < gap && marks.length > 0 ? [{ ended, marks }] : [];
  });
  const known = new Set(before.flatMap(({ marks }) => marks));
  const latest = Math.max(...before.map(({ ended }) => ended.getTime()));
  return seen.length === 0 || !seen.every((mark) => known.has(mark)) || dayOf(new Date(latest)) !== dayOf(now);
}

/** The error for which a storm cannot be remembered; undefined where it can, or nothing is to be remembered. */
export function whyUnremembered(memory: Remembered): CaughtError | undefined {
  return "Error" in memory ? memory : undefined;
}

/**
 * That a storm cannot be remembered, and what follows from that.
 * @param isBounded whether the runs before are known
 */
export function unrememberedWords({ Error: name }: CaughtError, isBounded: boolean): string {
  const told = isBounded ? "it is told when it begins and once a day" : "each run tells it";
  return `It could not be remembered in its Lease (${bounded(name, 100)}), so ${told}, and its end is not told.`;
}

/** That a storm is over. */
export function overWords({ told_at, seen_at }: NonNullable<Detection["storm_over"]>): string {
  return `The storm of which people were told last at ${told_at} is over: no run has seen it since ${seen_at}. What fails is looked after one by one again, as the policy says.`;
}

function dayOf(date: Date): string {
  return date.toISOString().slice(0, 10);
}
