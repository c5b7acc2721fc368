import fc from "../support/properties.ts";
import { execute, type Executed } from "./execute.ts";
import type { Blocks } from "./instrument.ts";
import { asJson, type Json } from "./json.ts";
import { mutate } from "./mutate.ts";
import type { Random } from "./random.ts";
import type { Target } from "./target.ts";

/** Inputs are mutated no further than this, in characters of JSON. */
const MOST_CHARACTERS = 25_000;
/** How many fresh inputs are made at a time. */
const BATCH = 20;

/** An input that was kept, and the blocks that it reached. */
export interface Kept {
  input: Json;
  blocks: number[];
}

/** Runs one target on one input after the other, and keeps those that reach what none before them has reached. */
export class Fuzzer {
  readonly target: Target;
  executions = 0;
  readonly kept: Kept[] = [];
  /** For each block, the orders of magnitude in which it was reached; zero for one that was not. */
  readonly #reached: Uint8Array;
  readonly #blocks: Blocks;
  readonly #random: Random;
  readonly #guided: boolean;
  readonly #words: readonly string[];
  #fresh: Json[] = [];

  /** @param guided whether inputs that reach something new are mutated further */
  constructor(target: Target, blocks: Blocks, random: Random, guided: boolean) {
    this.target = target;
    this.#blocks = blocks;
    this.#random = random;
    this.#guided = guided;
    this.#words = [...blocks.words(), ...(target.words ?? [])];
    this.#reached = new Uint8Array(blocks.counters.length);
  }

  /** The blocks that were reached. */
  reached(): number[] {
    return [...this.#reached.keys()].filter((block) => this.#reached[block] !== 0);
  }

  /** Runs these first, as they are. */
  async begin(inputs: readonly Json[]): Promise<(Executed & { input: Json })[]> {
    const results: (Executed & { input: Json })[] = [];
    for (const input of inputs) results.push({ ...(await this.#try(input)), input });
    return results;
  }

  /** Makes one input, and runs it. */
  async once(): Promise<Executed & { input: Json }> {
    const input = this.#next();
    return { ...(await this.#try(input)), input };
  }

  #next(): Json {
    const fresh = this.#seed();
    if (!this.#guided || this.kept.length === 0) return this.#random.oneIn(4) ? fresh : this.#mutated(fresh, fresh);
    // The seeds themselves are of many kinds, and reach much.
    if (this.#random.oneIn(3))
      return this.#random.oneIn(4) ? fresh : this.#mutated(fresh, this.#random.pick(this.kept).input);
    // What was found last has been mutated least.
    const recent = this.kept.slice(-20);
    const parent = this.#random.pick(this.#random.oneIn(2) ? recent : this.kept);
    return this.#mutated(parent.input, this.#random.oneIn(3) ? fresh : this.#random.pick(this.kept).input);
  }

  #mutated(input: Json, donor: Json): Json {
    const mutant = mutate(input, this.#random, { words: this.#words, donor });
    return JSON.stringify(mutant).length > MOST_CHARACTERS ? input : mutant;
  }

  #seed(): Json {
    if (this.#fresh.length === 0) {
      this.#fresh = fc
        .sample(this.target.seeds, { numRuns: BATCH, seed: this.#random.below(2 ** 31) })
        .map((seed) => asJson(seed));
    }
    return this.#fresh.pop() ?? null;
  }

  async #try(input: Json): Promise<Executed> {
    const { counters } = this.#blocks;
    counters.fill(0);
    const executed = await execute(this.target, input);
    this.executions++;
    if (this.#reachesMore() && executed.broken === undefined) {
      this.kept.push({ input, blocks: [...counters.keys()].filter((block) => counters[block] !== 0) });
    }
    return executed;
  }

  /** Whether a block was reached for the first time, or more often by an order of magnitude than ever. */
  #reachesMore(): boolean {
    const { counters, total } = this.#blocks;
    let more = false;
    for (let block = 0; block < total(); block++) {
      const times = counters[block] ?? 0;
      if (times === 0) continue;
      const order = 1 << Math.min(7, Math.floor(Math.log2(times)));
      const before = this.#reached[block] ?? 0;
      if ((before & order) !== 0) continue;
      this.#reached[block] = before | order;
      more = true;
    }
    return more;
  }
}
