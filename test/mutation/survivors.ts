import { readFileSync } from "node:fs";

/** What Stryker says of a mutant: lines and columns begin at one. */
export interface Mutant {
  fileName: string;
  status: string;
  location: { start: Position; end: Position };
  replacement: string;
}

interface Position {
  line: number;
  column: number;
}

/** A mutant by what it does to the code, so that it is still known when lines are added above it. */
export interface Change {
  file: string;
  /** The line in which it begins. */
  code: string;
  /** What the mutant makes of that line, and of the others that it takes in. */
  becomes: string;
}

/** A mutant that no test can tell from the code, or that none should. */
export interface Explained extends Change {
  why: string;
}

/** A mutant that no test has noticed. */
export interface Survivor extends Change {
  line: number;
}

/** How a room's tests did. */
export interface Score {
  mutants: number;
  /** Noticed by a test that failed, or that did not end. */
  killed: number;
  explained: number;
}

/** What is known of a room after its mutants have run. */
export interface Verdict {
  score: Score;
  /** Those that nobody has explained. */
  survivors: Survivor[];
  /** What is explained of the files that were mutated, and did not survive. */
  stale: Explained[];
}

const NOTICED = ["Killed", "Timeout"];
const UNNOTICED = ["Survived", "NoCoverage"];

/** The explanations that are kept. */
export function readExplained(): Explained[] {
  return JSON.parse(readFileSync(new URL("explained.json", import.meta.url), "utf8")) as Explained[];
}

/**
 * What mutants say of the tests.
 * @param sourceOf the text of a file, by the path that Stryker gives it
 */
export function verdictOf(
  mutants: readonly Mutant[],
  explained: readonly Explained[],
  sourceOf: (file: string) => string,
): Verdict {
  const survivors = mutants
    .filter(({ status }) => UNNOTICED.includes(status))
    .map((mutant) => survivorOf(mutant, sourceOf(mutant.fileName)));
  const unexplained = survivors.filter((survivor) => !explained.some((each) => isSame(each, survivor)));
  const files = new Set(mutants.map(({ fileName }) => fileName));
  const killed = mutants.filter(({ status }) => NOTICED.includes(status)).length;
  return {
    score: { mutants: killed + survivors.length, killed, explained: survivors.length - unexplained.length },
    survivors: unexplained,
    stale: explained.filter((each) => files.has(each.file) && !survivors.some((survivor) => isSame(each, survivor))),
  };
}

/** The share of mutants that were killed, in percent. */
export function percent({ mutants, killed }: Score): number {
  return mutants === 0 ? 100 : (100 * killed) / mutants;
}

function survivorOf({ fileName, location, replacement }: Mutant, source: string): Survivor {
  const { start, end } = location;
  const lines = source.split("\n");
  const first = lines[start.line - 1] ?? "";
  const last = lines[end.line - 1] ?? "";
  const becomes = `${first.slice(0, start.column - 1)}${replacement}${last.slice(end.column - 1)}`;
  return { file: fileName, line: start.line, code: first.trim(), becomes: becomes.replaceAll(/\s+/g, " ").trim() };
}

function isSame(a: Change, b: Change): boolean {
  return a.file === b.file && a.code === b.code && a.becomes === b.becomes;
}
