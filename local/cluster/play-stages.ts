import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { stringify } from "yaml";
import type { Stage } from "../embedded/index.ts";
import { ensureBinaries } from "./binaries.ts";
import { ClusterError } from "./errors.ts";
import { startComponent, type Component } from "./processes.ts";

const execute = promisify(execFile);

/** How long it may take until KWOK has begun. */
const READY_SECONDS = 60;
/** No node is of that name: the nodes and their pods are the work of the cluster's own KWOK. */
const NO_NODE = "none";

/**
 * Plays further stages on a control plane that runs: with a KWOK of its own, which takes them from a file and looks after
 * no node.
 * @param stages of kinds that the API server serves
 * @returns what ends it
 * @throws ClusterError when it does not start
 */
export async function playStages(kubeconfig: string, stages: readonly Stage[]): Promise<() => Promise<void>> {
  const { kwok, kubectl } = await ensureBinaries(() => undefined);
  const kinds = new Map(stages.map(({ spec: { resourceRef } }) => [JSON.stringify(resourceRef), resourceRef]));
  const deadline = Date.now() + READY_SECONDS * 1_000;
  for (const ref of kinds.values()) await untilDescribed(kubectl, kubeconfig, ref, deadline);

  const directory = mkdtempSync(join(tmpdir(), "remediation-stages-"));
  const [config, log] = [join(directory, "stages.yaml"), join(directory, "kwok.log")];
  writeFileSync(config, stages.map((stage) => stringify(stage)).join("---\n"));
  const component = startComponent(
    "kwok",
    kwok,
    [
      `--kubeconfig=${kubeconfig}`,
      `--config=${config}`,
      `--manage-single-node=${NO_NODE}`,
      "--node-lease-duration-seconds=0",
    ],
    log,
  );
  const stop = async () => {
    await component.stop();
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    await untilWatching(component, log, kinds.size, deadline);
    return stop;
  } catch (error) {
    await stop();
    throw error;
  }
}

/** KWOK reads the OpenAPI document of a kind when it starts, which the API server has a moment after it serves the kind. */
async function untilDescribed(
  kubectl: string,
  kubeconfig: string,
  { apiGroup, kind }: Stage["spec"]["resourceRef"],
  deadline: number,
): Promise<void> {
  const read = () => execute(kubectl, ["--kubeconfig", kubeconfig, "get", "--raw", `/openapi/v3/apis/${apiGroup}`]);
  for (;;) {
    const document = await read().then(
      ({ stdout }) => stdout,
      () => "",
    );
    if (document.includes(`"kind":"${kind}"`)) return;
    if (Date.now() > deadline) throw new ClusterError(`The API server does not describe ${kind} of ${apiGroup}.`);
    await sleep(200);
  }
}

async function untilWatching(component: Component, log: string, kinds: number, deadline: number): Promise<void> {
  while (readFileSync(log, "utf8").split("watching stages").length <= kinds) {
    const ended = await Promise.race([component.ended, sleep(100)]);
    if (typeof ended === "string" || Date.now() > deadline) {
      throw new ClusterError(`KWOK does not play the stages. The end of its log:\n${component.logTail()}`);
    }
  }
}
