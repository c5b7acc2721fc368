import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { TestProject } from "vitest/node";
import { ensureArgoRollouts, ensureBinaries } from "../../../local/cluster/binaries.ts";
import { freePorts } from "../../../local/cluster/ports.ts";
import { startProgram, untilServed } from "../programs.ts";

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
  await untilServed(() => run("get", "rollouts.argoproj.io", "-A"));
  // Its lease is there.
  await run("create", "namespace", "argo-rollouts");

  const directory = mkdtempSync(join(tmpdir(), "argo-rollouts-"));
  const [metrics, health] = await freePorts(2);
  const stop = startProgram(
    controller,
    [
      ...["--kubeconfig", kubeconfig, "--namespace", "argo-rollouts", "--leader-elect=false"],
      ...[`--metricsPort=${metrics ?? 0}`, `--healthzPort=${health ?? 0}`],
    ],
    { log: join(directory, "controller.log") },
  );
  return async () => {
    await stop();
    rmSync(directory, { recursive: true });
  };
}
