import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { ClusterError } from "../../local/cluster/errors.ts";
import { startCloud, type Cloud } from "./cloud.ts";
import { CommandError, ROOT, toolPath } from "./commands.ts";
import { EmulatorError } from "./emulator/errors.ts";
import { createQueue, subscribe } from "./queues.ts";
import { SITE_VARIABLE, writeSite } from "./site.ts";
import { applyRbac, bootstrap, deploy } from "./stack.ts";

/**
 * `npm run test:deployed -- NAME ...` deploys the stack on the emulator, runs the test files that have a NAME in their
 * path (all of them without one), and ends everything. Options go to vitest as they are. With `--stay` it deploys, says
 * how to run tests against that, and waits for Ctrl-C.
 */

const VITEST = fileURLToPath(new URL("../../node_modules/vitest/vitest.mjs", import.meta.url));
const started = Date.now();
const stay = process.argv.includes("--stay");
const args = process.argv.slice(2).filter((arg) => arg !== "--stay");

const interruption = new AbortController();
const { signal } = interruption;
const interrupt = () => {
  interruption.abort();
};
process.on("SIGINT", interrupt).on("SIGTERM", interrupt);

try {
  await main();
} catch (error) {
  if (signal.aborted) progress("Interrupted; everything has been stopped.");
  else if (error instanceof ClusterError || error instanceof EmulatorError || error instanceof CommandError) {
    process.stderr.write(`${error.message}\n`);
  } else throw error;
  process.exitCode = signal.aborted ? 130 : 1;
}

async function main(): Promise<void> {
  const cloud = await startCloud({ progress, signal });
  const ending = new AbortController();
  const work = deployAndTest(cloud, AbortSignal.any([signal, ending.signal]));
  try {
    const failure = await Promise.race([work, cloud.failed]);
    if (failure !== undefined) throw new CommandError(failure);
    signal.throwIfAborted();
  } finally {
    ending.abort();
    await work.catch(() => undefined);
    progress("Stopping the emulator and the control plane");
    await cloud.stop();
  }
}

async function deployAndTest(cloud: Cloud, until: AbortSignal): Promise<void> {
  const { emulator, cluster } = cloud;
  progress("Bootstrapping the account: npx cdk bootstrap");
  await bootstrap(cloud, until);
  progress("Deploying the stack: npx cdk deploy");
  const outputs = await deploy(cloud, until);
  progress(`Granting permissions: ${outputs.RbacCommand}`);
  await applyRbac(outputs, cluster);
  Object.assign(process.env, emulator.env);
  const everything = await createQueue(emulator.awsCli, "everything", outputs.TopicArn);
  await subscribe(outputs.TopicArn, everything, {});
  const site = writeSite(cloud, outputs, everything.url);
  until.throwIfAborted();
  if (stay) await waitForInterruption({ ...emulator.env, [SITE_VARIABLE]: site }, until);
  else await test(site, until);
}

async function test(site: string, until: AbortSignal): Promise<void> {
  progress("Running the tests");
  const command = [VITEST, "run", "--project", "deployed*", ...args];
  const env = { ...process.env, PATH: toolPath(process.env["PATH"]), [SITE_VARIABLE]: site };
  const child = spawn(process.execPath, command, { cwd: ROOT, stdio: "inherit", env });
  until.addEventListener("abort", () => child.kill("SIGTERM"));
  process.exitCode = await new Promise<number>((done) => {
    child.on("exit", (code) => {
      done(code ?? 1);
    });
  });
}

async function waitForInterruption(variables: Record<string, string>, until: AbortSignal): Promise<void> {
  progress("Deployed. Ctrl-C ends it. The tests run against it in another shell with:");
  for (const [name, value] of Object.entries(variables)) process.stderr.write(`export ${name}='${value}'\n`);
  process.stderr.write("npx vitest run --project 'deployed*' NAME\n");
  await new Promise<void>((done) => {
    until.addEventListener("abort", () => {
      done();
    });
  });
}

function progress(line: string): void {
  process.stderr.write(`[${((Date.now() - started) / 1_000).toFixed(0).padStart(3)} s] ${line}\n`);
}
