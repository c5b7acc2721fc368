/** Where the definition asks how often a state was tried before. */
const RETRY_COUNT = '"attempt.$":"$$.State.RetryCount"';

/** The definition without what the engine's context object lacks; `Attempts` fills it in. */
export function withoutRetryCount<Definition extends object>(definition: Definition): Definition {
  return JSON.parse(JSON.stringify(definition).replaceAll(RETRY_COUNT, '"attempt":0')) as Definition;
}

/**
 * Counts how often one state was tried with an input, as Step Functions does in `$$.State.RetryCount`. An attempt that timed out has not
 * ended, and counts as any other.
 */
export class Attempts {
  readonly #begun = new Map<string, number>();

  /** The input as Step Functions gives it to the attempt that begins now. */
  fill(input: unknown): unknown {
    if (typeof input !== "object" || input === null || !("attempt" in input)) return input;
    const key = JSON.stringify(input);
    const before = this.#begun.get(key) ?? 0;
    this.#begun.set(key, before + 1);
    return { ...input, attempt: before };
  }
}
