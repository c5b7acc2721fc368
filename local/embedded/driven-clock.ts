import { setImmediate as nextTurn } from "node:timers/promises";
import type { Clock } from "./clock.ts";

interface Timer {
  due: number;
  callback: () => void;
}

/**
 * A clock that stands still until it is driven, and waits for everybody who is at work before it goes on. However long the
 * machine takes, nobody's time passes meanwhile.
 */
export class DrivenClock implements Clock {
  #time: number;
  #working = 0;
  readonly #timers = new Set<Timer>();

  constructor(start: Date) {
    this.#time = start.getTime();
  }

  now(): Date {
    return new Date(this.#time);
  }

  after(seconds: number, callback: () => void): () => void {
    const timer = { due: this.#time + Math.max(0, seconds) * 1_000, callback };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** The time stands still until the work is done, except while it sleeps. */
  async work<Result>(task: () => Promise<Result>): Promise<Result> {
    this.#working++;
    try {
      return await task();
    } finally {
      this.#working--;
    }
  }

  /** Sleeps within work. */
  async sleep(seconds: number): Promise<void> {
    this.#working--;
    await new Promise<void>((resolve) => {
      this.after(seconds, () => {
        this.#working++;
        resolve();
      });
    });
  }

  /** Moves the time to a moment, from timer to timer. */
  async driveTo(moment: Date): Promise<void> {
    const end = moment.getTime();
    for (;;) {
      await this.#quiet();
      const next = this.#next();
      if (next === undefined || next.due > end) break;
      this.#time = Math.max(this.#time, next.due);
      this.#timers.delete(next);
      next.callback();
    }
    this.#time = Math.max(this.#time, end);
  }

  #next(): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.#timers) if (first === undefined || timer.due < first.due) first = timer;
    return first;
  }

  /** Until nobody is at work. The controllers' turns come between. */
  async #quiet(): Promise<void> {
    do await nextTurn();
    while (this.#working > 0);
  }
}
