import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { NormalAnswer } from "./normalise.ts";
import type { Played } from "./play.ts";

/** What the real server answered, one file a chapter. */
const ANSWERS = fileURLToPath(new URL("answers/", import.meta.url));

/** The recorded answers of a chapter, by the exchange. */
export function recordedAnswers(chapter: string): Map<string, NormalAnswer> {
  return new Map(
    Object.entries(JSON.parse(readFileSync(`${ANSWERS}${chapter}.json`, "utf8")) as Record<string, NormalAnswer>),
  );
}

export function recordAnswers(chapter: string, played: readonly Played[]): void {
  const answers = Object.fromEntries(played.map(({ name, answer }) => [name, answer]));
  writeFileSync(`${ANSWERS}${chapter}.json`, `${JSON.stringify(answers, null, 1)}\n`);
}
