/** The time of an embedded cluster, which may run faster than that of the machine. */
export interface Clock {
  now(): Date;
  /** Calls back after so many seconds of this clock; the answer cancels that. */
  after(seconds: number, callback: () => void): () => void;
}

/** How often the time is moved, in milliseconds of the machine. */
const TICK = 5;
/** The longest step in which it moves. A machine that is busy for longer makes the clock slower, not jump. */
const LONGEST_STEP = 20;

interface Timer {
  due: number;
  callback: () => void;
}

/** A clock that runs up to `speed` times as fast as the machine's, from the machine's present time on. */
export class FastClock implements Clock {
  readonly speed: number;
  #time = Date.now();
  #moved = performance.now();
  readonly #timers = new Set<Timer>();
  readonly #ticking: NodeJS.Timeout;

  constructor(speed = 1) {
    this.speed = speed;
    this.#ticking = setInterval(() => {
      this.#tick();
    }, TICK);
  }

  now(): Date {
    return new Date(this.#time);
  }

  after(seconds: number, callback: () => void): () => void {
    const timer = { due: this.#time + seconds * 1_000, callback };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Resolves after so many seconds of this clock. */
  async sleep(seconds: number): Promise<void> {
    await new Promise<void>((resolve) => {
      this.after(seconds, resolve);
    });
  }

  /** Stops the time, and cancels everything that is to be called back. */
  stop(): void {
    clearInterval(this.#ticking);
    this.#timers.clear();
  }

  #tick(): void {
    const real = performance.now();
    this.#time += Math.min(real - this.#moved, LONGEST_STEP) * this.speed;
    this.#moved = real;
    const due = [...this.#timers].filter((timer) => timer.due <= this.#time).sort((a, b) => a.due - b.due);
    for (const timer of due) {
      // One that was due before it may have cancelled this one.
      if (this.#timers.delete(timer)) timer.callback();
    }
  }
}

/** A moment as the API writes it: RFC 3339 in whole seconds. */
export function apiTime(date: Date): string {
  return date.toISOString().replace(/\.\d+Z$/, "Z");
}
