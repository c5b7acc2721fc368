import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { mapConcurrently } from "../../functions/shared/concurrency.ts";
import { FAULT_NAMES, type FaultName } from "../../local/faults/fault.ts";
import { stageCluster } from "./cluster.ts";
import { reliabilityPage } from "./page.ts";
import { play, type Played, type Stage } from "./play.ts";
import { describeViolations, document, table, type Results } from "./report.ts";
import { SITUATIONS, type Situation } from "./situations.ts";
import { columnOf, pairs, spread, type Trial } from "./trial.ts";

/**
 * `npm run test:faults`: every request of a run meets every fault, one run for each pair, on a real control plane.
 */

interface Options {
  scenario: string[];
  fault: FaultName[];
  request?: number;
  rate?: number;
  runs: number;
  seed: number;
  limit?: number;
  concurrency: number;
  output?: string;
}

const situationNames = SITUATIONS.map(({ name }) => name);
const RESULTS = "test-results";

const command = new Command("npm run test:faults --")
  .description("Spoils the requests between the functions and a real API server one by one, and checks every promise.")
  .option("--scenario <names>", `which situations: ${situationNames.join(",")}`, oneOf(situationNames), situationNames)
  .option("--fault <names>", `which faults: ${FAULT_NAMES.join(",")}`, oneOf(FAULT_NAMES), [...FAULT_NAMES])
  .option("--request <number>", "only this request of a run", Number)
  .option("--rate <share>", "instead of one request, this share of all of them, with any fault", Number)
  .option("--runs <count>", "with --rate: how many runs of each situation", Number, 20)
  .option("--seed <number>", "with --rate: the first run's choice of requests and faults", Number, 1)
  .option("--limit <count>", "at most so many pairs of each situation, spread over all of them", Number)
  .option("--concurrency <count>", "how many runs side by side", Number, 24)
  .option("--output <directory>", "write reliability.md there, for example docs")
  .addHelpText(
    "after",
    `
It starts a control plane of its own; REMEDIATION_TEST_CLUSTER=.cluster uses the one that runs in that directory.
A quick look, some minutes: npm run test:faults -- --limit 30`,
  );

process.exitCode = await main(command.parse().opts<Options>());

async function main(options: Options): Promise<number> {
  const began = Date.now();
  const situations = SITUATIONS.filter(({ name }) => options.scenario.includes(name));
  const stage = await stageCluster(tell);
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => void stage.stop().finally(() => process.exit(130)));
  }
  try {
    const clean = await playAll(
      stage,
      situations.map((situation) => ({ situation, trial: { kind: "clean" } })),
      options.concurrency,
    );
    for (const { situation, outcome, requests, seconds, unprepared } of clean) {
      tell(`${situation}: ${unprepared ?? `${outcome}, ${requests.length} requests, ${seconds.toFixed(1)} s`}`);
    }
    const jobs = situations.flatMap((situation) => {
      const run = clean.find((each) => each.situation === situation.name);
      return trialsOf(options, run?.requests.length ?? 0).map((trial) => ({ situation, trial }));
    });
    tell(`${jobs.length} runs to go, ${options.concurrency} side by side`);
    const spoiled = await playAll(stage, jobs, options.concurrency);
    const results: Results = {
      command: commandLine(options.output),
      seconds: (Date.now() - began) / 1_000,
      situations,
      clean,
      played: [...clean, ...spoiled],
    };
    return await tellResults(results, options.output);
  } finally {
    await stage.stop();
  }
}

/** The command that repeats this run, but for the page that it writes. */
function commandLine(output: string | undefined): string {
  const args = process.argv.slice(2).filter((arg) => arg !== "--output" && arg !== output);
  return ["npm run test:faults", ...(args.length > 0 ? ["--"] : []), ...args].join(" ");
}

/** The clean run of a situation has to end as it should, or nothing that follows means anything. */
function isOff({ situation, outcome, unprepared }: Played): boolean {
  const expected = SITUATIONS.find(({ name }) => name === situation)?.outcome;
  return unprepared !== undefined || outcome !== expected;
}

function trialsOf({ fault, request, rate, runs, seed, limit }: Options, requests: number): Trial[] {
  if (rate !== undefined)
    return Array.from({ length: runs }, (_, index) => ({ kind: "rate", rate, seed: seed + index }));
  const all = pairs(requests, fault).filter(
    (trial) => request === undefined || (trial.kind === "one" && trial.number === request),
  );
  return limit === undefined ? all : spread(all, limit);
}

async function playAll(
  stage: Stage,
  jobs: readonly { situation: Situation; trial: Trial }[],
  concurrency: number,
): Promise<Played[]> {
  let done = 0;
  return await mapConcurrently(jobs, concurrency, async ({ situation, trial }) => {
    const played = await play(stage, situation, trial);
    done++;
    for (const line of describeViolations(played)) tell(`VIOLATION ${line}`);
    if (played.unprepared !== undefined)
      tell(`NOT PREPARED ${situation.name}, ${columnOf(trial)}: ${played.unprepared}`);
    if (done % 25 === 0) tell(`${done} of ${jobs.length}`);
    return played;
  });
}

async function tellResults(results: Results, output: string | undefined): Promise<number> {
  const { clean, played } = results;
  mkdirSync(RESULTS, { recursive: true });
  writeFileSync(join(RESULTS, "faults.json"), `${JSON.stringify(document(results), null, 2)}\n`);
  tell(`\nruns/ended as without a fault **violations**\n${table(results)}`);
  const lines = played.flatMap(describeViolations);
  const off = clean.filter(isOff);
  const unprepared = played.filter((each) => each.unprepared !== undefined).length;
  for (const { situation, outcome, unprepared: why } of off) tell(`${situation} without a fault: ${why ?? outcome}`);
  tell(`\n${lines.length} violations in ${played.length - unprepared} runs; ${unprepared} could not be prepared.`);
  for (const line of lines) tell(line);
  if (output !== undefined) writeFileSync(join(output, "reliability.md"), await reliabilityPage(results));
  return lines.length > 0 || off.length > 0 || unprepared > 0 ? 1 : 0;
}

function tell(line: string): void {
  process.stdout.write(`${line}\n`);
}

function oneOf<Name extends string>(names: readonly Name[]): (text: string) => Name[] {
  return (text) => {
    const chosen = text.split(",");
    const unknown = chosen.filter((name) => !names.some((known) => known === name));
    if (unknown.length > 0) throw new InvalidArgumentError(`${unknown.join()} is none of ${names.join(", ")}.`);
    return chosen as Name[];
  };
}
