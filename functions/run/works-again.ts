import type { HistoryEntry, Incident, WorkloadRun } from "./contracts.ts";
import { coolDownMs, TOLD_MS, toldAt } from "./cool-down.ts";
import { isSuccess, isWellAgain, UNFINISHED } from "./history.ts";
import { isNotThere } from "../shared/errors.ts";
import type { Policy } from "../shared/policy.ts";

/** What people were told of a workload, and of which they were told no end. */
export type Open = Pick<NonNullable<Incident["works_again"]>, "told_at" | "cause">;

/**
 * What people wait to hear the end of: the latest message that called for somebody, or a remedy that was begun and never told,
 * where nothing since says that it is well, or gone. Undefined where there is none.
 * @param history newest first
 */
export function openOf(history: readonly HistoryEntry[]): Open | undefined {
  const latest = history.find((entry) => isOpening(entry) || isClosing(entry));
  if (latest === undefined || isClosing(latest)) return undefined;
  return { told_at: (toldAt(latest) ?? new Date(latest.at)).toISOString(), cause: latest.cause };
}

function isOpening({ calls, outcome }: HistoryEntry): boolean {
  return calls === true || outcome === UNFINISHED;
}

function isClosing(entry: HistoryEntry): boolean {
  return isSuccess(entry) || isWellAgain(entry) || (entry.outcome === "Skipped" && isNotThere(entry.reason));
}

/**
 * From when on people are told that it works again, which has been well since then: after the first pause of the policy's
 * cool-down, and after twice as long for each time that they were told so within a day, so that what comes and goes is a few
 * messages a day.
 * @param since undefined for what is gone
 */
export function worksAgainFrom(
  history: readonly HistoryEntry[],
  since: Date | undefined,
  policy: Policy,
  now: Date,
): Date {
  const isRecent = ({ at }: HistoryEntry) => now.getTime() - Date.parse(at) < TOLD_MS;
  const times = history.filter((entry) => isWellAgain(entry) && isRecent(entry)).length;
  const latest = Math.max(since?.getTime() ?? 0, ...history.slice(0, 1).map(({ at }) => Date.parse(at)));
  return new Date(latest + coolDownMs(1 + times, policy));
}

/** Whether a run is there to tell that its workload works again. */
export function tellsThatItWorks({ incident }: Pick<WorkloadRun, "incident">): boolean {
  return incident.works_again !== undefined;
}
