import { existsSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { type EmbeddedCluster, startEmbeddedCluster } from "../embedded/index.ts";
import { makePlace } from "../scenarios/embedded-place.ts";
import { CALLED_AS } from "./called-as.ts";
import { Interruption } from "./interruption.ts";
import { tellerFor } from "../live/teller.ts";
import { writeReport } from "../report/file.ts";
import { Recorder } from "../report/recording.ts";
import { showResult } from "./run-on-cluster.ts";
import { InvalidScenario, loadScenario, scenarioNames, type LoadedScenario } from "../scenarios/load.ts";
import { playScenario, type PlayedRound } from "../scenarios/play.ts";
import { EXIT } from "./summary.ts";

export interface PlayOptions {
  /** The name of a scenario, or a folder that holds one. */
  scenario: string;
  /** How many times faster than real the cluster's time passes. */
  speed: number;
  json: boolean;
  report: string;
}

/** Prints the scenarios, each with what happens in it. */
export function listScenarios(json: boolean): number {
  const scenarios = scenarioNames().map((name) => ({ name, summary: loadScenario(name).summary }));
  const width = Math.max(...scenarios.map(({ name }) => name.length));
  const lines = json
    ? scenarios.map((scenario) => JSON.stringify(scenario))
    : scenarios.map(({ name, summary }) => `${name.padEnd(width)}  ${summary}`);
  process.stdout.write(`${lines.join("\n")}\n`);
  return EXIT.nothingToDo;
}

/**
 * Plays a scenario on a cluster in this process, and shows what the workflow does about it.
 * @returns what the process exits with: 0 when everything went as the scenario expects, else 1
 * @throws InvalidScenario before anything is started
 */
export async function playOnEmbedded(options: PlayOptions): Promise<number> {
  const scenario = findScenario(options.scenario);
  const interruption = new Interruption();
  interruption.signal.addEventListener("abort", () => {
    process.stderr.write("Interrupted. The cluster is gone, and everything on it.\n");
    process.exit(EXIT.interrupted);
  });
  const cluster = await startEmbeddedCluster(options.speed);
  try {
    return await play(scenario, cluster, options);
  } finally {
    await cluster.stop();
    interruption.ignore();
  }
}

async function play(
  scenario: LoadedScenario,
  cluster: EmbeddedCluster,
  { speed, json, report }: PlayOptions,
): Promise<number> {
  const say = (line: string) => {
    if (!json) process.stdout.write(`${line}\n`);
  };
  const now = () => cluster.clock.now();
  say(`${scenario.summary}\nOn a cluster in this process, whose time passes ${speed} times as fast.\n`);
  let recorder = new Recorder(now);
  let teller = tellerFor(process.stdout, json, now);
  const place = await makePlace(cluster, {
    namespace: namespaceFor(scenario.name),
    onCommand: (args) => {
      if (isChange(args)) say(`$ kubectl ${shortened(args)}`);
    },
    onEvent: (event) => {
      recorder.see(event);
      teller.see(event);
    },
  });
  let asExpected = true;
  for await (const round of playScenario(scenario, place)) {
    showResult(round.run.result, round.run.notifications, json);
    const { name, summary } = scenario;
    const played = { scenario: name, summary, index: round.index };
    writeReport(
      round.index === 0 ? report : report.replace(/(\.html)?$/, `-${round.index + 1}$1`),
      recorder.finish("embedded", round.run.result, round.run.notifications, played),
    );
    const differences = differencesOf(round);
    for (const line of differences) process.stderr.write(`${line}\n`);
    asExpected &&= differences.length === 0;
    recorder = new Recorder(now);
    teller = tellerFor(process.stdout, json, now);
  }
  say(asExpected ? "Everything went as the scenario expects." : "It did not go as the scenario expects.");
  return asExpected ? EXIT.nothingToDo : EXIT.error;
}

/** The scenario of that name, or in that folder. */
function findScenario(nameOrFolder: string): LoadedScenario {
  if (scenarioNames().includes(nameOrFolder)) return loadScenario(nameOrFolder);
  const folder = resolve(nameOrFolder);
  if (!existsSync(folder)) {
    throw new InvalidScenario([
      `There is neither a scenario nor a folder ${nameOrFolder}. ${CALLED_AS} --list names the scenarios.`,
    ]);
  }
  return loadScenario(basename(folder), dirname(folder));
}

/** What is not as expected, one line each. */
function differencesOf({ comparison, missed }: PlayedRound): string[] {
  const { actual, expected } = comparison as Record<"actual" | "expected", Record<string, unknown>>;
  return [
    ...Object.keys(expected)
      .filter((field) => !isDeepStrictEqual(actual[field], expected[field]))
      .map((field) => `${field}: expected ${JSON.stringify(expected[field])}, found ${JSON.stringify(actual[field])}`),
    ...missed.map((state) => `meanwhile: the state ${state} was never entered`),
  ];
}

/** A folder's name, as a namespace may be called. */
function namespaceFor(name: string): string {
  const plain = name.toLowerCase().replace(/[^a-z0-9]+/g, "-");
  return plain.replace(/^-+|-+$/g, "").slice(0, 50) || "scenario";
}

function isChange([command = ""]: readonly string[]): boolean {
  return !["get", "wait", "rollout"].includes(command);
}

/** A command on one line of a terminal. */
function shortened(args: readonly string[]): string {
  const text = args.join(" ");
  return text.length > 110 ? `${text.slice(0, 109)}…` : text;
}
