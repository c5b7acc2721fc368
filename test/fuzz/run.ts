import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { corpusFile, corpusText, distilled, readCorpus } from "./corpus.ts";
import { execute } from "./execute.ts";
import { Fuzzer } from "./fuzzer.ts";
import { instrument } from "./instrument.ts";
import type { Json } from "./json.ts";
import { minimise } from "./minimise.ts";
import { Random } from "./random.ts";
import type { Target } from "./target.ts";

/**
 * `npm run test:fuzz`: runs the functions on inputs that nobody sends, keeps those that reach code that none before them
 * has reached, and makes the next ones of these.
 */

interface Options {
  target?: string[];
  seconds: number;
  seed: number;
  guided: boolean;
  corpus: boolean;
  save?: boolean;
  input?: string;
}

/** What an input broke. */
interface Finding {
  target: Target;
  input: Json;
  broken: string;
  key: string;
}

const RESULTS = "test-results";
/** How long one target runs before the next has its turn, in milliseconds. */
const TURN_MS = 2_000;
const TELL_EVERY_MS = 10_000;
/** The corpus of each target is not larger than this, in characters. */
const CORPUS_CHARACTERS = 30_000;

// Before the functions are imported.
const blocks = instrument();
process.setSourceMapsEnabled(true);
const { TARGETS } = await import("./targets.ts");

const command = new Command("npm run test:fuzz --")
  .description("Runs the functions on inputs that nobody sends, guided by the code that they reach.")
  .option("--target <names>", `which targets, by name, with commas (default: all)`, targetNames)
  .option("--seconds <count>", "how long, all targets together", positive, 60)
  .option("--seed <number>", "makes the same inputs again, as far as time allows the same number of them", Number, 1)
  .option("--no-guided", "random inputs alone, for comparison")
  .option("--no-corpus", "without the inputs that were kept in test/fuzz/corpus")
  .option("--save", "write what reaches the most code to test/fuzz/corpus")
  .option("--input <file>", "run this one input alone, as a finding was written")
  .addHelpText(
    "after",
    `
Targets:
${TARGETS.map(({ name, summary }) => `  ${name.padEnd(15)}${summary}`).join("\n")}

A finding is written to ${RESULTS}/, as small as it can be made, with the command that shows it alone.

Exit codes:
  0  every promise was kept
  1  a promise was broken`,
  );

process.exitCode = await main(command.parse().opts<Options>());

async function main(options: Options): Promise<number> {
  if (options.input !== undefined) return await repeat(options.input);
  const targets = TARGETS.filter(({ name }) => options.target?.includes(name) ?? true);
  const fuzzers = targets.map(
    (target, index) => new Fuzzer(target, blocks, new Random(options.seed * 1_000 + index), options.guided),
  );
  const findings = new Map<string, Finding>();
  const note = (target: Target, { broken, key, input }: { broken?: string; key?: string; input: Json }) => {
    if (broken === undefined || key === undefined || findings.has(`${target.name} ${key}`)) return;
    findings.set(`${target.name} ${key}`, { target, broken, key, input });
    tell(`FOUND ${target.name}: ${broken}`);
  };
  for (const fuzzer of options.corpus ? fuzzers : []) {
    for (const result of await fuzzer.begin(readCorpus(fuzzer.target.name))) note(fuzzer.target, result);
  }
  const end = Date.now() + options.seconds * 1_000;
  let toldAt = Date.now();
  while (Date.now() < end) {
    for (const fuzzer of fuzzers) {
      const turnEnds = Math.min(end, Date.now() + TURN_MS);
      while (Date.now() < turnEnds) note(fuzzer.target, await fuzzer.once());
      if (Date.now() - toldAt < TELL_EVERY_MS) continue;
      toldAt = Date.now();
      tell(progress(fuzzers, findings.size, Math.round((end - toldAt) / 1_000)));
    }
  }
  for (const fuzzer of fuzzers) tell(`${fuzzer.target.name}: ${figures([fuzzer])}`);
  tell(`all: ${figures(fuzzers)}, seed ${options.seed}`);
  if (options.save === true) save(fuzzers);
  for (const [index, finding] of [...findings.values()].entries()) await report(finding, index + 1);
  return findings.size === 0 ? 0 : 1;
}

function progress(fuzzers: readonly Fuzzer[], found: number, left: number): string {
  return `${figures(fuzzers)}, ${found} findings, ${left} s left`;
}

function figures(fuzzers: readonly Fuzzer[]): string {
  const executions = fuzzers.reduce((sum, fuzzer) => sum + fuzzer.executions, 0);
  const kept = fuzzers.reduce((sum, fuzzer) => sum + fuzzer.kept.length, 0);
  const reached = new Set(fuzzers.flatMap((fuzzer) => fuzzer.reached())).size;
  return `${executions} executions, ${reached} of ${blocks.total()} blocks reached, ${kept} inputs kept`;
}

function save(fuzzers: readonly Fuzzer[]): void {
  for (const { target, kept } of fuzzers) {
    writeFileSync(corpusFile(target.name), corpusText(distilled(kept, CORPUS_CHARACTERS)));
  }
}

async function report({ target, input, broken, key }: Finding, number: number): Promise<void> {
  const smallest = await minimise(input, async (smaller) => (await execute(target, smaller)).key === key);
  const file = join(RESULTS, `fuzz-${target.name}-${number}.json`);
  mkdirSync(RESULTS, { recursive: true });
  writeFileSync(file, `${JSON.stringify({ target: target.name, broken, input: smallest }, null, 2)}\n`);
  tell(`\n${target.name}: ${broken}\n  npm run test:fuzz -- --input ${file}`);
}

async function repeat(file: string): Promise<number> {
  const { target: name, input } = JSON.parse(readFileSync(file, "utf8")) as { target: string; input: Json };
  const target = TARGETS.find((each) => each.name === name);
  if (target === undefined) throw new Error(`${file} is about ${name}, which is no target.`);
  const { broken } = await execute(target, input);
  tell(broken ?? "every promise was kept");
  return broken === undefined ? 0 : 1;
}

function tell(line: string): void {
  process.stdout.write(`${line}\n`);
}

function positive(text: string): number {
  const number = Number(text);
  if (!(number > 0)) throw new InvalidArgumentError("It must be more than 0.");
  return number;
}

function targetNames(text: string): string[] {
  const chosen = text.split(",");
  const unknown = chosen.filter((name) => !TARGETS.some((target) => target.name === name));
  if (unknown.length > 0) throw new InvalidArgumentError(`${unknown.join()} is none of the targets.`);
  return chosen;
}
