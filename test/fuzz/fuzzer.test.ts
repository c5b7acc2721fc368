import fc from "../support/properties.ts";
import { expect, test } from "vitest";
import { hold } from "./broken.ts";
import { execute } from "./execute.ts";
import { Fuzzer } from "./fuzzer.ts";
import type { Blocks } from "./instrument.ts";
import type { Json } from "./json.ts";
import { minimise } from "./minimise.ts";
import { mutate } from "./mutate.ts";
import { Random } from "./random.ts";
import { field, type Target } from "./target.ts";

/** Breaks its promise behind a door behind a door behind a door; each that opens is a block. */
function doors(): { target: Target; blocks: Blocks } {
  const counters = new Uint32Array(8);
  const words = ["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta"];
  const keys = ["first", "second", "third", "fourth"];
  const run = (input: unknown) => {
    const opened = keys.findIndex((key, index) => field(input, key) !== words[index + 3]);
    for (let door = 0; door < (opened === -1 ? keys.length : opened); door++) counters[door] = 1;
    hold(opened !== -1, () => "all doors are open");
    return Promise.resolve();
  };
  const seeds = fc.record({ first: fc.string(), second: fc.string(), third: fc.string(), fourth: fc.string() });
  return {
    target: { name: "doors", summary: "", seeds, run },
    blocks: { counters, total: () => 8, words: () => words },
  };
}

async function found(guided: boolean, executions: number): Promise<boolean> {
  const { target, blocks } = doors();
  const fuzzer = new Fuzzer(target, blocks, new Random(1), guided);
  while (fuzzer.executions < executions) if ((await fuzzer.once()).broken !== undefined) return true;
  return false;
}

test("what is behind several conditions is found because each of them is seen to be met", async () => {
  expect(await found(true, 5_000)).toBe(true);
  expect(await found(false, 5_000)).toBe(false);
});

test("the same seed makes the same mutants, and the input stays as it is", () => {
  const input: Json = {
    metadata: { name: "web", labels: { app: "web" } },
    spec: { replicas: 2, list: [1, "2", null] },
  };
  const before = JSON.stringify(input);
  const mutants = (seed: number) => {
    const random = new Random(seed);
    return Array.from({ length: 200 }, () => JSON.stringify(mutate(input, random, { words: ["app"], donor: input })));
  };

  expect(mutants(1)).toEqual(mutants(1));
  expect(mutants(1)).not.toEqual(mutants(2));
  expect(new Set(mutants(1)).size).toBeGreaterThan(100);
  expect(JSON.stringify(input)).toBe(before);
  expect(Object.keys(Object.prototype)).toEqual([]);
});

test("a finding is made small, and stays one", async () => {
  const input: Json = { a: { b: ["x".repeat(100), "needle in a haystack"], c: 1 }, d: [[[]]] };
  const holds = (smaller: Json) => Promise.resolve(JSON.stringify(smaller).includes("needle"));
  const smallest = await minimise(input, holds);

  expect(await holds(smallest)).toBe(true);
  expect(JSON.stringify(smallest).length).toBeLessThan(40);
});

test.each<[string, () => Promise<void>, RegExp]>([
  [
    "an error that has no name",
    () => Promise.reject(new TypeError("x is undefined")),
    /^threw TypeError: x is undefined/,
  ],
  [
    "a prototype that was changed",
    () => {
      Object.defineProperty(Object.prototype, "polluted", { value: true, configurable: true });
      return Promise.resolve();
    },
    /prototype was changed/,
  ],
])("it tells of %s", async (_what, run, broken) => {
  try {
    const executed = await execute({ name: "t", summary: "", seeds: fc.constant(1), run }, {});
    expect(executed.broken).toMatch(broken);
  } finally {
    Reflect.deleteProperty(Object.prototype, "polluted");
  }
});
