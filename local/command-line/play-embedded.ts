import { existsSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { type EmbeddedCluster, startEmbeddedCluster } from "../embedded/index.ts";
import { makePlace } from "../scenarios/embedded-place.ts";
import { CALLED_AS } from "./called-as.ts";
import { Interruption } from "./interruption.ts";
import { HttpCluster } from "../../functions/shared/cluster/http-cluster.ts";
import type { ExecutionEvent } from "../engine/engine.ts";
import { fitted } from "../live/columns.ts";
import { ReplicaWatch } from "../live/replicas.ts";
import { tellerFor } from "../live/teller.ts";
import { writeReport } from "../report/file.ts";
import { Recorder } from "../report/recording.ts";
import { showResult } from "./show.ts";
import { InvalidScenario, loadScenario, scenarioNames, type LoadedScenario } from "../scenarios/load.ts";
import { playScenario, type PlayedRound } from "../scenarios/play.ts";
import { EXIT } from "./exit.ts";

/** How long after a look at the replicas of the workloads the next one begins, in milliseconds. */
const BETWEEN_LOOKS = 200;

/** What a person can do who has seen a scenario played. */
const TRY_IT = `On a cluster of yours, this shows what would be done, and changes nothing:
  ${CALLED_AS} --kubeconfig ~/.kube/config --context NAME --dry-run`;

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
  // The cluster goes with the process: nothing is left half done.
  process.stdout.once("error", () => process.exit(EXIT.interrupted));
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
  let round = beginRound(cluster, json);
  round.teller.say(`${scenario.summary}\nOn a cluster in this process, whose time passes ${speed} times as fast.\n`);
  const place = await makePlace(cluster, {
    namespace: namespaceFor(scenario.name),
    onCommand: (args) => {
      if (isChange(args)) round.teller.say(`$ kubectl ${shortened(args)}`);
    },
    onEvent: (event) => {
      round.see(event);
    },
  });
  let asExpected = true;
  for await (const { run, index, ...compared } of playScenario(scenario, place)) {
    round.end();
    const { name, summary } = scenario;
    const played = { scenario: name, summary, index };
    const recording = round.recorder.finish("embedded", run.result, run.notifications, played);
    showResult(recording, { json });
    writeReport(index === 0 ? report : report.replace(/(\.html)?$/, `-${index + 1}$1`), recording);
    const differences = differencesOf(compared);
    for (const line of differences) process.stderr.write(`${line}\n`);
    asExpected &&= differences.length === 0;
    round = beginRound(cluster, json);
  }
  round.end();
  round.teller.say(
    asExpected ? `\nEverything went as the scenario expects.\n${TRY_IT}` : "\nIt did not go as the scenario expects.",
  );
  return asExpected ? EXIT.nothingToDo : EXIT.error;
}

/** Everything that takes note of one run of a scenario. */
function beginRound(cluster: EmbeddedCluster, json: boolean) {
  const now = () => cluster.clock.now();
  const recorder = new Recorder(now);
  const teller = tellerFor(process.stdout, json, now);
  const api = new HttpCluster({ name: "embedded", server: cluster.url, authenticate: () => Promise.resolve({}) });
  const watch = new ReplicaWatch(
    () => Promise.resolve(api),
    BETWEEN_LOOKS,
    (reading) => {
      recorder.count(reading);
      teller.count(reading);
    },
  );
  return {
    recorder,
    teller,
    see: (event: ExecutionEvent) => {
      recorder.see(event);
      teller.see(event);
      watch.see(event);
    },
    end: () => {
      watch.stop();
      teller.end();
    },
  };
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
function differencesOf({ comparison, missed }: Pick<PlayedRound, "comparison" | "missed">): string[] {
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

/** A command on one line of a terminal, with what stands before it. */
function shortened(args: readonly string[]): string {
  const { columns } = process.stdout;
  const width = (columns > 0 ? columns : 120) - "$ kubectl ".length;
  return fitted(args.join(" "), width).trimEnd();
}
