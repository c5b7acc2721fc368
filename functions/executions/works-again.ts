import type { Policy } from "../shared/policy.ts";
import { settledBy } from "./failures-in-a-row.ts";
import type { PastRuns, PresentRun } from "./runs.ts";

/** What is asked to know whether people wait to hear that scheduled runs work again. */
export interface FailedAndWorked extends Pick<PastRuns, "failedBefore" | "workedSince"> {
  /** The ARN of the machine's execution that failed last, whoever started it; undefined where none has. @throws what AWS answers */
  newestFailed(present: PresentRun): Promise<string | undefined>;
}

/** What is known of the failures up to one. */
interface Known {
  newest: string;
  /** When runs will have worked for long enough; undefined where none of the schedule's has failed. */
  settles: Date | undefined;
  /** Whether a run has worked since then, so that people know. */
  isTold: boolean;
}

/** Later than any date. */
const EVER = new Date(8.64e15);

/**
 * Whether a run that begins now and works is the first to show that scheduled runs work again. Nobody asks the executions that
 * failed twice: what is known of them is kept until another one fails, so that each look costs one list.
 */
export function worksAgain(past: FailedAndWorked) {
  let known: Known | undefined;

  async function learn(newest: string, present: PresentRun, policy: Policy): Promise<Known> {
    const settled = settledBy(EVER, await past.failedBefore(present), policy);
    return { newest, settles: settled?.since, isTold: false };
  }

  /** @throws what AWS answers */
  return async (present: PresentRun, policy: Policy, now: Date): Promise<boolean> => {
    const newest = await past.newestFailed(present);
    if (newest === undefined) return false;
    if (known?.newest !== newest) known = await learn(newest, present, policy);
    const { settles, isTold } = known;
    if (isTold || settles === undefined || now < settles) return false;
    known = { ...known, isTold: await past.workedSince(present, settles, now) };
    return !known.isTold;
  };
}
