import { timeLeft } from "../shared/time-left.ts";

/** So much time is left for what comes after the suspects, in milliseconds: what was not read by then is counted and told. */
const TIME_FOR_THE_REST = 15_000;

/** Whether so little time is left that nothing more is read. */
export function isLate(): boolean {
  return timeLeft() < TIME_FOR_THE_REST;
}
