import { ApiError } from "./api-error.ts";
import type { Clock } from "./clock.ts";

/** How long a refused piece of work waits before it is tried again; doubled with each further refusal. */
const FIRST_RETRY_SECONDS = 0.1;
const LAST_RETRY_SECONDS = 60;

/**
 * The keys of objects that a controller has yet to look at. A key that is added several times is worked on once, later
 * and never from within the call that adds it, so that what one controller writes does not run another one.
 */
export class WorkQueue {
  readonly #clock: Clock;
  readonly #work: (key: string) => number | undefined;
  readonly #due = new Set<string>();
  readonly #timers = new Map<string, () => void>();
  readonly #refusals = new Map<string, number>();
  #round: NodeJS.Immediate | undefined;
  #stopped = false;

  /** @param work looks at one object, and answers after how many seconds it wants to look again */
  constructor(clock: Clock, work: (key: string) => number | undefined) {
    this.#clock = clock;
    this.#work = work;
  }

  add(key: string): void {
    if (this.#stopped) return;
    this.#due.add(key);
    this.#round ??= setImmediate(() => {
      this.#workAll();
    });
  }

  /** Ends every timer, and works on nothing any more. */
  stop(): void {
    this.#stopped = true;
    if (this.#round !== undefined) clearImmediate(this.#round);
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
    this.#due.clear();
  }

  #workAll(): void {
    this.#round = undefined;
    const keys = [...this.#due];
    this.#due.clear();
    for (const key of keys) this.#workOn(key);
  }

  #workOn(key: string): void {
    this.#timers.get(key)?.();
    this.#timers.delete(key);
    const again = this.#attempt(key);
    if (again === undefined || this.#stopped) return;
    const cancel = this.#clock.after(again, () => {
      this.#timers.delete(key);
      this.add(key);
    });
    this.#timers.set(key, cancel);
  }

  #attempt(key: string): number | undefined {
    try {
      const again = this.#work(key);
      this.#refusals.delete(key);
      return again;
    } catch (error) {
      // Anything else is a mistake in the program, and has to be seen.
      if (!(error instanceof ApiError)) throw error;
      const refusals = this.#refusals.get(key) ?? 0;
      this.#refusals.set(key, refusals + 1);
      return Math.min(FIRST_RETRY_SECONDS * 2 ** refusals, LAST_RETRY_SECONDS);
    }
  }
}
