/** Where the definition asks how often a state was tried before. */
const RETRY_COUNT = '"attempt.$":"$$.State.RetryCount"';

/** The definition without what the engine's context object lacks; `Attempts` fills it in. */
export function withoutRetryCount<Definition extends object>(definition: Definition): Definition {
  return JSON.parse(JSON.stringify(definition).replaceAll(RETRY_COUNT, '"attempt":0')) as Definition;
}

/** Counts how often one state was tried with an input, as Step Functions does in `$$.State.RetryCount`. */
export class Attempts {
  readonly #failed = new Map<string, number>();

  /** The input as Step Functions gives it to this attempt. */
  fill(input: unknown): unknown {
    if (typeof input !== "object" || input === null || !("attempt" in input)) return input;
    return { ...input, attempt: this.#failed.get(JSON.stringify(input)) ?? 0 };
  }

  /** Takes note of an attempt that failed. */
  failed(input: unknown): void {
    const key = JSON.stringify(input);
    this.#failed.set(key, (this.#failed.get(key) ?? 0) + 1);
  }
}
