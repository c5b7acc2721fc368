import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Kept } from "./fuzzer.ts";
import type { Json } from "./json.ts";

/** Inputs that were kept from earlier runs, and those that have broken a promise once. One file for each target. */
export function corpusFile(target: string): string {
  return fileURLToPath(new URL(`corpus/${target}.json`, import.meta.url));
}

export function readCorpus(target: string): Json[] {
  const file = corpusFile(target);
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Json[]) : [];
}

/** One input a line, so that a change of one is a change of one line. */
export function corpusText(inputs: readonly Json[]): string {
  return inputs.length === 0 ? "[]\n" : `[\n${inputs.map((input) => JSON.stringify(input)).join(",\n")}\n]\n`;
}

/**
 * Few inputs that together reach every block that all of them reach, short ones first, in not more than so many characters.
 */
export function distilled(kept: readonly Kept[], characters: number): Json[] {
  const sized = kept.map((each) => ({ ...each, size: JSON.stringify(each.input).length }));
  const open = new Set(kept.flatMap(({ blocks }) => blocks));
  const chosen: Json[] = [];
  let left = characters;
  while (open.size > 0) {
    const worth = ({ blocks, size }: (typeof sized)[number]) =>
      blocks.filter((block) => open.has(block)).length / (size + 200);
    const [best] = sized.filter(({ size }) => size <= left).sort((a, b) => worth(b) - worth(a));
    if (best === undefined || worth(best) === 0) break;
    for (const block of best.blocks) open.delete(block);
    chosen.push(best.input);
    left -= best.size;
  }
  return chosen;
}
