import { execFile } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { SEMI_SPACE_MB } from "../../functions/shared/heap.ts";
import type { Stage } from "./stage.ts";
import { scoreOf, type Score, type Truth } from "./population/truth.ts";
import { served } from "./server-metrics.ts";
import { FUNCTION_MEMORY, MUCH_MEMORY, SCRIPTS, type Run, type Way } from "./ways.ts";
import type { Reported } from "./ways/connection.ts";

const execute = promisify(execFile);

/** What one way took, in a process of its own. */
export interface Measurement {
  /** From the start of the process to the answer. */
  milliseconds: number;
  /** The most resident memory of that process. */
  peakBytes: number;
  cpuSeconds: number;
  /** What the API server's process took for it, beyond what it takes in that time anyway. */
  serverCpuSeconds: number;
  /** What the API server sent to it over the network, encryption included, and in how many answers. */
  bytes: number;
  requests: number;
  /** What it told, held to what there was to find; undefined where it tells no names. */
  score: Score | undefined;
  /** How many it told in all. */
  told: number;
}

/** A way that did not come to an end, and why. */
export interface Failed {
  failed: string;
}

/** Longer than this no way is waited for. */
const PATIENCE_MS = 15 * 60 * 1_000;
/** What the API server still does when it has answered counts as well. */
const AFTERWARDS_MS = 500;
/** So long at most it is measured what it takes for nothing. */
const IDLE_MS = 3_000;
const MOST_TOLD_BYTES = 256 * 1024 ** 2;

/** Measures a way some times over, and gives the median of each number. */
export async function measure(way: Way, stage: Stage, truth: Truth, runs: number): Promise<Measurement | Failed> {
  try {
    const measured: Omit<Measurement, "score" | "told">[] = [];
    let last: Reported | undefined;
    for (let run = 0; run < runs; run++) {
      const before = await served(stage.cluster);
      const bytes = stage.wire.bytes;
      last = await runOnce(SCRIPTS[way], stage);
      await sleep(AFTERWARDS_MS);
      const after = await served(stage.cluster);
      const idle = await idleCpu(stage, Math.min(IDLE_MS, last.milliseconds + AFTERWARDS_MS));
      measured.push({
        ...{ milliseconds: last.milliseconds, peakBytes: last.peakBytes, cpuSeconds: last.cpuSeconds },
        serverCpuSeconds: Math.max(0, after.cpuSeconds - before.cpuSeconds - idle),
        bytes: stage.wire.bytes - bytes,
        requests: last.requests ?? after.podReads - before.podReads,
      });
    }
    const middle = (of: (each: (typeof measured)[number]) => number): number =>
      measured.map(of).sort((a, b) => a - b)[Math.floor((runs - 1) / 2)] ?? 0;
    const { names, compressed } = SCRIPTS[way];
    const named = names === undefined ? last : await runOnce({ script: names, compressed, memory: MUCH_MEMORY }, stage);
    return {
      milliseconds: middle((each) => each.milliseconds),
      peakBytes: middle((each) => each.peakBytes),
      cpuSeconds: middle((each) => each.cpuSeconds),
      serverCpuSeconds: middle((each) => each.serverCpuSeconds),
      bytes: middle((each) => each.bytes),
      requests: middle((each) => each.requests),
      score: named?.told === undefined ? undefined : scoreOf(truth, named.told),
      told: last?.counted ?? 0,
    };
  } catch (error) {
    return { failed: reasonOf(error as Error & { stderr?: string; killed?: boolean }) };
  }
}

/** What the API server takes in so much time while nobody asks for anything, being asked what it took included. */
async function idleCpu({ cluster }: Stage, milliseconds: number): Promise<number> {
  const before = await served(cluster);
  await sleep(milliseconds);
  return (await served(cluster)).cpuSeconds - before.cpuSeconds;
}

/** Runs a script to its end, and gives what it reports. @param more a file with what else it is told */
export async function runOnce({ script, compressed, memory }: Run, stage: Stage, more = ""): Promise<Reported> {
  const file = stage.scripts.get(script) ?? "";
  const young = memory === FUNCTION_MEMORY ? [`--max-semi-space-size=${SEMI_SPACE_MB}`] : [];
  const args = [`--max-old-space-size=${memory}`, ...young, file, stage.connection(compressed), more];
  const { stdout } = await execute(process.execPath, args, { timeout: PATIENCE_MS, maxBuffer: MOST_TOLD_BYTES });
  return JSON.parse(stdout) as Reported;
}

function reasonOf(error: Error & { stderr?: string; killed?: boolean }): string {
  if (error.killed === true) return `not done after ${PATIENCE_MS / 60_000} min`;
  return /^\w*Error.*: (.*)$/m.exec(error.stderr ?? "")?.[1] ?? error.message.split("\n")[0] ?? "failed";
}
