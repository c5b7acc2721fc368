import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { served } from "./server-metrics.ts";
import type { BenchConnection } from "./ways/connection.ts";

const execute = promisify(execFile);

/** The ways to find failing pods that are measured side by side. */
export const WAYS = ["kubectl", "typed-client", "detection", "floor"] as const;
export type Way = (typeof WAYS)[number];

export const WAY_NAMES: Record<Way, string> = {
  kubectl: "`kubectl get pods -A -o json` into a script",
  "typed-client": "typed client, pages of 500",
  detection: "this detection",
  floor: "bare Table requests",
};

/** What one way took, in a process of its own. */
export interface Measurement {
  /** From the start of the process to the answer. */
  milliseconds: number;
  /** The most resident memory of that process. */
  peakBytes: number;
  /** What the API server sent to it, and in how many answers. */
  bytes: number;
  requests: number;
  /** How many failing pods it found. */
  found: number;
}

/** A way that did not come to an end, and why. */
export interface Failed {
  failed: string;
}

/** Longer than this no way is waited for. */
const PATIENCE_MS = 15 * 60 * 1_000;

/** Measures a way some times over, and gives the run with the median time. */
export async function measure(
  way: Way,
  connection: BenchConnection & { file: string },
  runs: number,
): Promise<Measurement | Failed> {
  const measurements: Measurement[] = [];
  for (let run = 0; run < runs; run++) {
    const measured = await measureOnce(way, connection);
    if ("failed" in measured) return measured;
    measurements.push(measured);
  }
  measurements.sort((a, b) => a.milliseconds - b.milliseconds);
  return measurements[Math.floor((runs - 1) / 2)] ?? { failed: "not run" };
}

async function measureOnce(way: Way, connection: BenchConnection & { file: string }): Promise<Measurement | Failed> {
  const script = fileURLToPath(new URL(`ways/${way}.ts`, import.meta.url));
  const before = await served(connection.kubectl, connection.kubeconfig);
  try {
    // Generous: some ways need gigabytes, and Node would give up before the machine does.
    const args = ["--max-old-space-size=12000", script, connection.file];
    const { stdout } = await execute(process.execPath, args, { timeout: PATIENCE_MS });
    const after = await served(connection.kubectl, connection.kubeconfig);
    return {
      ...(JSON.parse(stdout) as Pick<Measurement, "milliseconds" | "peakBytes" | "found">),
      requests: after.requests - before.requests,
      bytes: after.bytes - before.bytes,
    };
  } catch (error) {
    return { failed: reasonOf(error as Error & { stderr?: string; killed?: boolean }) };
  }
}

function reasonOf(error: Error & { stderr?: string; killed?: boolean }): string {
  if (error.killed === true) return `not done after ${PATIENCE_MS / 60_000} min`;
  return /^\w*Error.*: (.*)$/m.exec(error.stderr ?? "")?.[1] ?? error.message.split("\n")[0] ?? "failed";
}
