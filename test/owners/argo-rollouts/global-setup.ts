import { spawn } from "node:child_process";
import { execFile } from "node:child_process";
import { createWriteStream, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { TestProject } from "vitest/node";
import { ensureArgoRollouts, ensureBinaries } from "../../../local/cluster/binaries.ts";
import { freePorts } from "../../../local/cluster/ports.ts";

const execute = promisify(execFile);

/** Runs the controller of Argo Rollouts on the suite's control plane, with the kinds that it brings. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const progress = (line: string) => {
    console.log(line);
  };
  const kubeconfig = project.getProvidedContext().kubeconfig;
  const { kubectl } = await ensureBinaries(progress);
  const { controller, definitions } = await ensureArgoRollouts(progress);
  const run = async (...args: string[]) => await execute(kubectl, ["--kubeconfig", kubeconfig, ...args]);
  const files = readdirSync(definitions).filter((file) => file.endsWith("-crd.yaml"));
  // They are too large for the annotation that a plain apply leaves.
  await run("apply", "--server-side", ...files.flatMap((file) => ["-f", join(definitions, file)]));
  await run("wait", "--for=condition=Established", "crd/rollouts.argoproj.io", "--timeout=60s");
  // Its lease is there.
  await run("create", "namespace", "argo-rollouts");

  const directory = mkdtempSync(join(tmpdir(), "argo-rollouts-"));
  const log = createWriteStream(join(directory, "controller.log"));
  const [metrics, health] = await freePorts(2);
  const child = spawn(
    controller,
    [
      ...["--kubeconfig", kubeconfig, "--namespace", "argo-rollouts", "--leader-elect=false"],
      ...[`--metricsPort=${metrics ?? 0}`, `--healthzPort=${health ?? 0}`],
    ],
    { stdio: ["ignore", "pipe", "pipe"] },
  );
  child.stdout.pipe(log);
  child.stderr.pipe(log);
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  return async () => {
    child.kill();
    await ended;
    rmSync(directory, { recursive: true });
  };
}
