import { isRemediationError, type RemediationError } from "../shared/errors.ts";
import { isLate } from "./late.ts";
import type { Spot, View } from "./view.ts";

/** So many reads may fail, each tried again several times, before a server that fails is asked for nothing more. */
const MOST_FAILURES = 3;

/** How much of one look was not read, and why: because there was no time left, or because the server gave no answer. */
export class Missed {
  #late = 0;
  #failed = 0;
  #failures = 0;
  #error: RemediationError | undefined;

  /** Whether the server fails so often that it is left alone. */
  get isFailing(): boolean {
    return this.#failures >= MOST_FAILURES;
  }

  /** Counts suspects as not read where nothing more is to be asked; whether that is so. */
  skips(suspects: number): boolean {
    if (this.isFailing) this.#failed += suspects;
    else if (isLate()) this.#late += suspects;
    else return false;
    return true;
  }

  /**
   * Counts suspects as not read since the server is too busy, or cannot answer.
   * @throws the error when it is another one
   */
  fail(error: unknown, suspects: number): void {
    if (!isRemediationError(error, "ClusterThrottled", "ClusterUnavailable")) throw error;
    this.#failures++;
    this.#failed += suspects;
    this.#error ??= error;
  }

  /** Makes blind spots of what was not read. */
  noteIn(view: View, spot: Spot): void {
    if (this.#late > 0) view.noteUnread(spot, this.#late);
    if (this.#failed > 0) view.noteUnread(spot, this.#failed, this.#error);
  }
}
