import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { WorkloadResult } from "../../functions/run/contracts.ts";

const MAIN = fileURLToPath(new URL("../../local/command-line/main.ts", import.meta.url));

/** A scenario that was played by the command line. */
export interface Played {
  /** The report that it wrote. */
  file: string;
  /** What became of each workload, in the order of the run. */
  workloads: WorkloadResult[];
  /** The states that each workload entered, in the same order. */
  paths: string[][];
}

interface Line {
  event?: string;
  state?: string;
  iteration?: number;
  result?: { workloads: WorkloadResult[] };
}

/** Plays a scenario as a user does, and keeps what it printed. */
export async function play(scenario: string, file: string): Promise<Played> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    ...[MAIN, "--scenario", scenario, "--json", "--report", file],
  ]);
  const lines = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Line);
  const workloads = lines.flatMap(({ result }) => result?.workloads ?? []);
  const entered = lines.filter(({ event }) => event === "entered");
  return {
    file,
    workloads,
    paths: workloads.map((_workload, index) =>
      entered.flatMap(({ iteration, state }) => (iteration === index && state !== undefined ? [state] : [])),
    ),
  };
}
