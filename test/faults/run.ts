import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { FAULT_NAMES, type FaultName } from "./proxy/fault.ts";
import { stageCluster } from "./cluster.ts";
import { reliabilityPage } from "./page.ts";
import type { Findings, Part } from "./part.ts";
import type { Stage } from "./stage.ts";
import { requestsPart } from "./requests.ts";
import { CRASHES } from "./crashes.ts";
import { CHRONIC_PART } from "./chronic.ts";
import { CROWD } from "./crowd.ts";
import { DAY } from "./day.ts";
import { ENDPOINTS } from "./endpoints.ts";
import { LOAD } from "./load.ts";
import { STOPPED, WAVES_PART } from "./many.ts";
import { PEOPLE } from "./people.ts";
import { REDRIVE } from "./redrive.ts";
import { SECRETS } from "./secrets.ts";
import { KeptRuns, readFindings, saveFindings } from "./results.ts";
import { SITUATIONS } from "./situations.ts";
import { TENANTS_PART } from "./tenants.ts";
import { TOOLS } from "./tools.ts";

/**
 * `npm run test:faults`: brings every kind of trouble about on a real control plane, part by part, and checks what the
 * workflow promises.
 */

interface Options {
  part: string[];
  scenario?: string[];
  fault?: FaultName[];
  request?: number;
  rate?: number;
  runs: number;
  seed: number;
  resume?: boolean;
  limit?: number;
  concurrency: number;
  output?: string;
}

/** The parts but for the one that has options of its own. */
const OTHERS: readonly Part[] = [
  CRASHES,
  REDRIVE,
  STOPPED,
  WAVES_PART,
  PEOPLE,
  CROWD,
  LOAD,
  ENDPOINTS,
  TENANTS_PART,
  TOOLS,
  DAY,
  CHRONIC_PART,
  SECRETS,
];
const PART_NAMES = [...OTHERS.map(({ name }) => name), "requests"];
const situationNames = SITUATIONS.map(({ name }) => name);

const command = new Command("npm run test:faults --")
  .description("Brings trouble about on a real control plane, and checks every promise of docs/reliability.md.")
  .option("--part <names>", `which parts: ${PART_NAMES.join(",")}`, oneOf(PART_NAMES), PART_NAMES)
  .option("--limit <count>", "at most so many runs of each kind, spread over all of them", readCount)
  .option("--concurrency <count>", "how many runs side by side", readCount, 24)
  .option("--output <directory>", "write reliability.md there, for example docs")
  .option("--scenario <names>", `requests: which situations: ${situationNames.join(",")}`, oneOf(situationNames))
  .option("--fault <names>", `requests: which faults: ${FAULT_NAMES.join(",")}`, oneOf(FAULT_NAMES))
  .option("--request <number>", "requests: only this request of a run", readCount)
  .option("--rate <share>", "requests: instead of one request, this share of all of them, with any fault", readShare)
  .option("--runs <count>", "requests: with --rate, how many runs of each situation", readCount, 20)
  .option("--seed <number>", "requests: with --rate, the first run's choice of requests and faults", readCount, 1)
  .option("--resume", "requests: go on after a stop; runs that kept every promise are not played again")
  .addHelpText(
    "after",
    `
It starts a control plane of its own; REMEDIATION_TEST_CLUSTER=.cluster uses the one that runs in that directory.
A quick look, some minutes: npm run test:faults -- --limit 10

Exit codes: 0 every promise was kept, 1 one was broken or something could not be set up, 130 interrupted.`,
  );

process.exitCode = await main(command.parse().opts<Options>());

async function main(options: Options): Promise<number> {
  const parts = makeParts(options);
  const stage = await stageCluster(tell);
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => void stage.stop().finally(() => process.exit(130)));
  }
  try {
    let failed = false;
    for (const part of parts.filter(({ name }) => options.part.includes(name))) {
      failed = !(await runPart(part, stage, options)) || failed;
    }
    if (options.output !== undefined) {
      writeFileSync(join(options.output, "reliability.md"), await reliabilityPage(parts, readFindings));
    }
    return failed ? 1 : 0;
  } finally {
    await stage.stop();
  }
}

function makeParts(options: Options): Part[] {
  const kept = new KeptRuns(options.resume === true || !options.part.includes("requests"));
  return [
    ...OTHERS,
    requestsPart({
      scenario: options.scenario ?? situationNames,
      fault: options.fault ?? FAULT_NAMES,
      ...(options.request === undefined ? {} : { request: options.request }),
      ...(options.rate === undefined ? {} : { rate: options.rate }),
      runs: options.runs,
      seed: options.seed,
      kept: kept.read(),
      keep: (played) => {
        kept.add(played);
      },
    }),
  ];
}

/** @returns whether every promise was kept and everything could be set up */
async function runPart(part: Part, stage: Stage, options: Options): Promise<boolean> {
  tell(`\n== ${part.name}: ${part.summary}`);
  const began = Date.now();
  const { limit, concurrency } = options;
  const findings = await part.run(stage, { limit, concurrency, tell });
  const seconds = (Date.now() - began) / 1_000;
  saveFindings(part, commandLine(part, options), seconds, findings);
  return tellFindings(part, findings, seconds);
}

function tellFindings({ name }: Part, { executions, unprepared, violations }: Findings, seconds: number): boolean {
  for (const line of violations) tell(`VIOLATION ${line}`);
  const missing = unprepared > 0 ? `; ${unprepared} could not be set up` : "";
  tell(`${name}: ${violations.length} violations in ${executions} executions, ${Math.round(seconds)} s${missing}`);
  return violations.length === 0 && unprepared === 0;
}

/** The command that repeats this part alone. */
function commandLine({ name }: Part, { output }: Options): string {
  const args = process.argv.slice(2);
  const others = args.filter((arg, index) => {
    const ofPage = arg === "--output" || (output !== undefined && args[index - 1] === "--output");
    const ofParts = arg === "--part" || args[index - 1] === "--part";
    return !ofPage && !ofParts && arg !== "--resume";
  });
  return ["npm run test:faults -- --part", name, ...others].join(" ");
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

function readCount(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw new InvalidArgumentError("It must be a whole number.");
  return value;
}

function readShare(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= 1)) throw new InvalidArgumentError("It must be more than 0, and at most 1.");
  return value;
}
