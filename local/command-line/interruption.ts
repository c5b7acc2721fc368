import { EXIT } from "./exit.ts";

/** npm hands a signal on that the terminal has sent to everybody already: two within this time are one press of Ctrl-C. */
const ONE_PRESS_MS = 300;

/** What somebody wants who presses Ctrl-C, or who ends the process from outside with SIGTERM. */
export class Interruption {
  readonly #controller = new AbortController();
  readonly #listener = () => {
    this.request();
  };
  #requested = 0;

  /** Listens for SIGINT and SIGTERM, until `ignore` is called. */
  constructor() {
    process.on("SIGINT", this.#listener).on("SIGTERM", this.#listener);
  }

  /** Aborted by the first request. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** The first request asks for an orderly end. A second one ends the process at once. */
  request(): void {
    const now = performance.now();
    if (!this.signal.aborted) {
      this.#requested = now;
      this.#controller.abort();
    } else if (now - this.#requested > ONE_PRESS_MS) {
      process.stderr.write("Ended at once. What was under way may be done; claims that are still held expire.\n");
      process.exit(EXIT.interrupted);
    }
  }

  /** Stops listening. */
  ignore(): void {
    process.off("SIGINT", this.#listener).off("SIGTERM", this.#listener);
  }
}

/**
 * Waits for something that cannot be stopped itself.
 * @returns undefined when it was interrupted first
 */
export async function unlessInterrupted<T>(work: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  const interrupted = new Promise<undefined>((resolve) => {
    if (signal.aborted) resolve(undefined);
    else
      signal.addEventListener(
        "abort",
        () => {
          resolve(undefined);
        },
        { once: true },
      );
  });
  return await Promise.race([work, interrupted]);
}
