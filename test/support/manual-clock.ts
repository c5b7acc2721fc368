import type { Clock } from "../../local/embedded/index.ts";

/** A clock whose time passes when the test says so. */
export class ManualClock implements Clock {
  #now: Date;
  #waiting: { due: number; callback: () => void }[] = [];

  constructor(start = "2026-06-01T12:00:00Z") {
    this.#now = new Date(start);
  }

  now(): Date {
    return this.#now;
  }

  after(seconds: number, callback: () => void): () => void {
    const entry = { due: this.#now.getTime() + seconds * 1_000, callback };
    this.#waiting.push(entry);
    return () => {
      this.#waiting = this.#waiting.filter((candidate) => candidate !== entry);
    };
  }

  /** Lets so many seconds pass, and calls back what is due, in its order. */
  pass(seconds: number): void {
    const end = this.#now.getTime() + seconds * 1_000;
    for (;;) {
      const [next] = this.#waiting.filter(({ due }) => due <= end).sort((a, b) => a.due - b.due);
      if (next === undefined) break;
      this.#waiting = this.#waiting.filter((candidate) => candidate !== next);
      this.#now = new Date(next.due);
      next.callback();
    }
    this.#now = new Date(end);
  }
}
