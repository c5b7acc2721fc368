import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { ClusterError } from "../../local/cluster/errors.ts";
import type { Cloud, CloudOptions } from "./cloud.ts";
import { CommandError, ROOT, toolPath } from "./commands.ts";
import { EmulatorError } from "./emulator/errors.ts";
import { createQueue, subscribe } from "./queues.ts";
import { SITE_VARIABLE, writeSite } from "./site.ts";

type Outputs = Parameters<typeof writeSite>[1];

const VITEST = fileURLToPath(new URL("../../node_modules/vitest/vitest.mjs", import.meta.url));
const began = Date.now();

/** Says on stderr how far it is, with the seconds since the command began. */
export function progress(line: string): void {
  process.stderr.write(`[${((Date.now() - began) / 1_000).toFixed(0).padStart(3)} s] ${line}\n`);
}

/**
 * Starts a cloud, works in it until that is done, somebody presses Ctrl-C, or a part of the cloud ends by itself, and stops
 * everything. What is missing on this machine, or fails in a command, is said without a stack trace.
 */
export async function inCloud<Started extends Pick<Cloud, "failed" | "stop">>(
  start: (options: CloudOptions) => Promise<Started>,
  work: (cloud: Started, until: AbortSignal) => Promise<void>,
): Promise<void> {
  const interruption = new AbortController();
  const { signal } = interruption;
  const interrupt = () => {
    interruption.abort();
  };
  process.on("SIGINT", interrupt).on("SIGTERM", interrupt);
  try {
    const cloud = await start({ progress, signal });
    const ending = new AbortController();
    const working = work(cloud, AbortSignal.any([signal, ending.signal]));
    try {
      const failure = await Promise.race([working, cloud.failed]);
      if (failure !== undefined) throw new CommandError(failure);
      signal.throwIfAborted();
    } finally {
      ending.abort();
      await working.catch(() => undefined);
      progress("Stopping what was started");
      await cloud.stop();
    }
  } catch (error) {
    if (signal.aborted) progress("Interrupted; everything has been stopped.");
    else if (error instanceof ClusterError || error instanceof EmulatorError || error instanceof CommandError) {
      process.stderr.write(`${error.message}\n`);
    } else throw error;
    process.exitCode = signal.aborted ? 130 : 1;
  }
}

/** Subscribes a queue to everything that is told, and writes down where the tests find what is deployed. @returns the file */
export async function siteOf(cloud: Cloud, outputs: Outputs): Promise<string> {
  Object.assign(process.env, cloud.emulator.env);
  const everything = await createQueue(cloud.emulator.awsCli, "everything", outputs.TopicArn);
  await subscribe(outputs.TopicArn, everything, {});
  return writeSite(cloud, outputs, everything.url);
}

/** Runs the tests of a project of `vitest.config.ts` on what is deployed; their exit code becomes this process's. */
export async function runTests(
  project: string,
  args: readonly string[],
  site: string,
  until: AbortSignal,
): Promise<void> {
  progress("Running the tests");
  const command = [VITEST, "run", "--project", project, ...args];
  const env = { ...process.env, PATH: toolPath(process.env["PATH"]), [SITE_VARIABLE]: site };
  const child = spawn(process.execPath, command, { cwd: ROOT, stdio: "inherit", env });
  until.addEventListener("abort", () => child.kill("SIGTERM"));
  process.exitCode = await new Promise<number>((done) => {
    child.on("exit", (code) => {
      done(code ?? 1);
    });
  });
}
