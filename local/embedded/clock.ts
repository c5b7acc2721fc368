/** The time of an embedded cluster, which may run faster than that of the machine. */
export interface Clock {
  now(): Date;
  /** Calls back after so many seconds of this clock; the answer cancels that. */
  after(seconds: number, callback: () => void): () => void;
}

/** A clock that runs `speed` times as fast as the machine's, from the machine's present time on. */
export class FastClock implements Clock {
  readonly speed: number;
  readonly #began = Date.now();
  readonly #timers = new Set<NodeJS.Timeout>();

  constructor(speed = 1) {
    this.speed = speed;
  }

  now(): Date {
    return new Date(this.#began + (Date.now() - this.#began) * this.speed);
  }

  after(seconds: number, callback: () => void): () => void {
    const timer = setTimeout(
      () => {
        this.#timers.delete(timer);
        callback();
      },
      Math.max(0, (seconds * 1_000) / this.speed),
    );
    this.#timers.add(timer);
    return () => {
      clearTimeout(timer);
      this.#timers.delete(timer);
    };
  }

  /** Cancels everything that is to be called back. */
  stop(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }
}

/** A moment as the API writes it: RFC 3339 in whole seconds. */
export function apiTime(date: Date): string {
  return date.toISOString().replace(/\.\d+Z$/, "Z");
}
