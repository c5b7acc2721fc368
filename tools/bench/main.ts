import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { ClusterError } from "../../local/cluster/errors.ts";
import { measureDiagnosis } from "./diagnosis.ts";
import { verdicts } from "./goals.ts";
import { measureBundles } from "./bundles.ts";
import { countExecutions } from "./executions.ts";
import { page, PARTS, tables, type Part, type Results } from "./report.ts";
import { measureScans, POPULATIONS, type Population } from "./scans.ts";
import { measureFixes } from "./time-to-fix/measure.ts";
import { WAYS, type Way } from "./ways.ts";

interface Options {
  parts: Part[];
  pods?: number[];
  namespaces?: number[];
  failing: number[];
  ways: Way[];
  runs: number;
  seed: number;
  output?: string;
  check: boolean;
}

const command = new Command("npm run bench --")
  .description(
    "Measures the time from a failure to a verified fix, the detection against other ways to find what fails on a real API server, the diagnosis of one workload, the bundles, and executions.",
  )
  .option("--parts <names>", `what to measure: ${PARTS.join(",")}`, names(PARTS), [...PARTS])
  .option("--pods <counts>", "how many pods, separated by commas", numbers)
  .option("--namespaces <counts>", "over how many namespaces", numbers)
  .option("--failing <shares>", "which shares of them fail", numbers, [0, 0.001, 0.05])
  .option("--ways <names>", `which ways: ${WAYS.join(",")}`, names(WAYS), [...WAYS])
  .option("--runs <count>", "how often the quick ways are measured; the median counts", Number, 3)
  .option("--seed <number>", "another seed makes another population", Number, 1)
  .option("--output <directory>", "write what was measured into performance.md and its plot there, for example docs")
  .option("--check", "end with 1 where what was measured does not hold what tools/bench/goals.ts says", false)
  .addHelpText(
    "after",
    `
Without --pods and --namespaces, these populations: ${POPULATIONS.map(({ pods, namespaces }) => `${pods} pods over ${namespaces} namespaces`).join(", ")}.
Quick looks:
  npm run bench -- --parts fixes
  npm run bench -- --parts scans --pods 2000 --namespaces 20 --failing 0.05 --ways detection,floor --runs 1`,
  );

try {
  await main(command.parse().opts<Options>());
} catch (error) {
  if (!(error instanceof ClusterError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}

async function main(options: Options): Promise<void> {
  const results: Results = { scans: [], diagnosis: [], bundles: [], executions: [], fixes: [] };
  if (options.parts.includes("fixes")) results.fixes = await measureFixes(print);
  if (options.parts.includes("bundles")) results.bundles = measureBundles();
  if (options.parts.includes("executions")) results.executions = await countExecutions(print);
  if (options.parts.includes("scans")) {
    const { failing: shares, ways, runs, seed } = options;
    results.scans = await measureScans({
      populations: populationsOf(options),
      shares,
      ways,
      runs,
      seed,
      progress: print,
    });
  }
  if (options.parts.includes("diagnosis")) results.diagnosis = await measureDiagnosis(print);
  for (const table of Object.values(tables(results))) if (table !== "") print(`\n${table}`);
  if (options.output !== undefined) write(results, options.output);
  if (options.check) check(results);
}

function write(results: Results, directory: string): void {
  const file = join(directory, "performance.md");
  const { markdown, plot } = page(results, existsSync(file) ? readFileSync(file, "utf8") : "");
  mkdirSync(directory, { recursive: true });
  writeFileSync(file, markdown);
  if (plot !== undefined) writeFileSync(join(directory, "performance.svg"), plot);
  print(`Written to ${directory}/performance.md`);
}

/** Says which goals hold; where one does not, the process ends with 1. */
function check({ scans, diagnosis }: Results): void {
  for (const { what, holds } of verdicts(scans, diagnosis)) {
    print(`${holds === undefined ? "-" : holds ? "holds" : "DOES NOT HOLD"}: ${what}`);
    if (holds === false) process.exitCode = 1;
  }
}

/** Those that were asked for, or the published ones. */
function populationsOf({ pods, namespaces }: Options): readonly Population[] {
  if (pods === undefined && namespaces === undefined) return POPULATIONS;
  return (pods ?? [20_000]).flatMap((count) => (namespaces ?? [20]).map((over) => ({ pods: count, namespaces: over })));
}

function numbers(text: string): number[] {
  const values = text.split(",").map(Number);
  if (values.some((value) => !(value >= 0))) throw new InvalidArgumentError("numbers, separated by commas");
  return values;
}

function names<Name extends string>(known: readonly Name[]): (text: string) => Name[] {
  return (text) => {
    const given = text.split(",");
    const unknown = given.find((name) => !known.includes(name as Name));
    if (unknown !== undefined) throw new InvalidArgumentError(`${unknown} is none of ${known.join(", ")}`);
    return given as Name[];
  };
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
