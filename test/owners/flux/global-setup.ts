import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { TestProject } from "vitest/node";
import { ensureBinaries, ensureFlux } from "../../../local/cluster/binaries.ts";
import { freePorts } from "../../../local/cluster/ports.ts";
import { startProgram, untilServed } from "../programs.ts";
import { serveArtifacts } from "./artifacts.ts";
import { serveRepositories } from "./repositories.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The folder of the Git repositories that are served, and where; and that of the namespaces whose artifacts are not. */
    served: { folder: string; url: string; held: string };
  }
}

const execute = promisify(execFile);

/** Runs the controllers of Flux on the suite's control plane, with the kinds that they bring, and a Git server for them. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const progress = (line: string) => {
    console.log(line);
  };
  const kubeconfig = project.getProvidedContext().kubeconfig;
  const { kubectl } = await ensureBinaries(progress);
  const { sourceController, kustomizeController, definitions } = await ensureFlux(progress);
  const run = async (...args: string[]) => await execute(kubectl, ["--kubeconfig", kubeconfig, ...args]);
  await run("apply", "--server-side", ...definitions.flatMap((folder) => ["-f", folder]));
  await untilServed(() => run("get", "kustomizations.kustomize.toolkit.fluxcd.io,gitrepositories", "-A"));

  const directory = mkdtempSync(join(tmpdir(), "flux-"));
  const [repositories, storage, held] = [
    join(directory, "repositories"),
    join(directory, "artifacts"),
    join(directory, "held"),
  ];
  for (const folder of [repositories, storage, held]) mkdirSync(folder);
  const git = await serveRepositories(repositories);
  const artifacts = await serveArtifacts(storage, held);
  project.provide("served", { folder: repositories, url: git.url, held });

  const [stored = 0, ...ports] = await freePorts(5);
  const served = [
    ...["--storage-path", storage, "--storage-addr", `127.0.0.1:${stored}`],
    ...["--storage-adv-addr", artifacts.address],
  ];
  const controllers = [
    start(sourceController, kubeconfig, directory, [...served, ...addresses(ports.slice(0, 2))]),
    start(kustomizeController, kubeconfig, directory, addresses(ports.slice(2))),
  ];
  return async () => {
    await Promise.all(controllers.map((stop) => stop()));
    await artifacts.stop();
    await git.stop();
    rmSync(directory, { recursive: true });
  };
}

function addresses([metrics = 0, health = 0]: number[]): string[] {
  return ["--metrics-addr", `127.0.0.1:${metrics}`, "--health-addr", `127.0.0.1:${health}`];
}

/** Starts a controller. @returns what ends it */
function start(binary: string, kubeconfig: string, directory: string, args: string[]): () => Promise<void> {
  const log = join(directory, `${binary.split("/").at(-1) ?? ""}.log`);
  const env = { KUBECONFIG: kubeconfig, RUNTIME_NAMESPACE: "flux-system", TMPDIR: directory };
  return startProgram(binary, ["--log-level=debug", "--interval-jitter-percentage=0", ...args], { log, env });
}
