/** Calls of functions in one execution. An engine that is aborted forgets them, but what they write is written all the same. */
export class Calls {
  readonly #underWay = new Set<Promise<unknown>>();
  #ended = false;

  /** Whether no further call may begin. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Makes a call. @throws Error when no further call may begin */
  async make<T>(call: () => Promise<T>): Promise<T> {
    if (this.#ended) throw new Error("The execution was aborted.");
    const made = call();
    this.#underWay.add(made);
    try {
      return await made;
    } finally {
      this.#underWay.delete(made);
    }
  }

  /** Lets no further call begin. */
  end(): void {
    this.#ended = true;
  }

  /** Waits for the calls that are under way, however they end. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#underWay);
  }
}
