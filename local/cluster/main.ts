import { spawn } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Command, InvalidArgumentError } from "commander";
import { ensureBinaries } from "./binaries.ts";
import { startCluster } from "./control-plane.ts";
import { isRunning, killComponents, readState } from "./directory.ts";
import { ClusterError } from "./errors.ts";

interface Options {
  detach?: boolean;
  stop?: boolean;
  directory: string;
  nodes: number;
}

/** How long a supervisor may take to stop its components. */
const STOP_SECONDS = 60;

const command = new Command("npm run cluster --")
  .description(
    "Runs a real Kubernetes control plane on loopback: etcd, API server, controller manager, scheduler; KWOK plays the nodes.",
  )
  .option("--detach", "return when it is ready, and leave it running")
  .option("--stop", "stop the cluster that runs in the directory")
  .option("--directory <path>", "where it keeps everything while it runs", ".cluster")
  .option("--nodes <count>", "how many simulated nodes", parseCount, 3)
  .addHelpText(
    "after",
    `
The first start builds the binaries from source, which needs Go and takes about ten minutes on two cores; they are kept
outside the checkout. Pods behave as annotations on their template say: see local/cluster/README.md.`,
  );

try {
  const options = command.parse().opts<Options>();
  const directory = resolve(options.directory);
  if (options.stop === true) await stop(directory);
  else if (options.detach === true) await detach(directory, options.nodes);
  else await runInForeground(directory, options.nodes);
} catch (error) {
  if (!(error instanceof ClusterError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}

async function runInForeground(directory: string, nodes: number): Promise<void> {
  const started = Date.now();
  const interruption = new AbortController();
  const { signal } = interruption;
  const interrupt = () => {
    interruption.abort();
  };
  process.on("SIGINT", interrupt).on("SIGTERM", interrupt);
  const cluster = await startCluster({ directory, nodes, progress: print, signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
  if (cluster === undefined) {
    print("Stopped before it was ready.");
    return;
  }
  print(`Ready after ${((Date.now() - started) / 1_000).toFixed(1)} s.\n`);
  describe(cluster.kubeconfig, cluster.kubectl);
  print("\nCtrl-C stops it and removes everything.");

  const interrupted = new Promise<undefined>((done) => {
    signal.addEventListener("abort", () => {
      done(undefined);
    });
  });
  const failure = await Promise.race([cluster.failed, interrupted]);
  print("Stopping");
  await cluster.stop();
  if (failure !== undefined) throw new ClusterError(failure);
}

/** Starts a supervisor of its own, and waits until it is ready. */
async function detach(directory: string, nodes: number): Promise<void> {
  // The build is shown here, where somebody watches.
  const { kubectl } = await ensureBinaries(print);
  const present = readState(directory);
  if (present !== undefined && isRunning(present.supervisor)) {
    throw new ClusterError(`A cluster runs in ${directory} already. Stop it with: npm run cluster -- --stop`);
  }
  const logs = mkdtempSync(join(tmpdir(), "cluster-"));
  const logFile = join(logs, "supervisor.log");
  const log = openSync(logFile, "a");
  const supervisor = spawn(
    process.execPath,
    [fileURLToPath(import.meta.url), "--directory", directory, "--nodes", String(nodes)],
    { detached: true, stdio: ["ignore", log, log] },
  );
  closeSync(log);
  const ended = new Promise<true>((done) =>
    supervisor.once("exit", () => {
      done(true);
    }),
  );
  process.once("SIGINT", () => supervisor.kill());
  while (readState(directory)?.ready !== true) {
    if (await Promise.race([ended, sleep(200, false)])) {
      const said = readFileSync(logFile, "utf8");
      rmSync(logs, { recursive: true });
      throw new ClusterError(`The cluster did not start:\n${said}`);
    }
  }
  rmSync(logs, { recursive: true });
  supervisor.unref();
  describe(join(directory, "kubeconfig"), kubectl);
  print(
    `\nStop it with: npm run cluster -- --stop${directory === resolve(".cluster") ? "" : ` --directory ${directory}`}`,
  );
}

async function stop(directory: string): Promise<void> {
  const state = readState(directory);
  if (state === undefined) throw new ClusterError(`No cluster runs in ${directory}.`);
  if (isRunning(state.supervisor)) {
    process.kill(state.supervisor.pid, "SIGTERM");
    const deadline = Date.now() + STOP_SECONDS * 1_000;
    while (isRunning(state.supervisor)) {
      if (Date.now() > deadline)
        throw new ClusterError(`The cluster in ${directory} has not stopped after ${STOP_SECONDS} s.`);
      await sleep(100);
    }
  } else {
    killComponents(state);
    rmSync(directory, { recursive: true, force: true });
  }
  print("Stopped.");
}

function describe(kubeconfig: string, kubectl: string): void {
  print(`kubeconfig: ${kubeconfig}`);
  print(`kubectl:    ${kubectl}`);
  print(`try:        export KUBECONFIG=${kubeconfig}; kubectl get nodes`);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function parseCount(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1 || count > 1_000)
    throw new InvalidArgumentError("a whole number from 1 to 1000");
  return count;
}
