import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startCluster, type RunningCluster } from "../../local/cluster/control-plane.ts";
import { freePorts } from "../../local/cluster/ports.ts";
import { tokenWebhookConfig, type EksCluster } from "./emulator/eks-clusters.ts";
import { PLACE, startEmulator, type Emulator } from "./emulator/emulator.ts";
import { ensureEmulator } from "./emulator/install.ts";

/** The EKS cluster that there is a control plane for. */
export const CLUSTER_NAME = "prod";
/** An EKS cluster whose API server nobody can reach, as one with a private endpoint outside of its VPC. */
export const PRIVATE_CLUSTER_NAME = "private";

/**
 * What a Wait state's seconds and the waits for retries are multiplied by. How long a workload has to hold is measured
 * by the cluster's clock, so shorter waits mean more looks at it, not a shorter soak.
 */
const WAIT_SCALE = 0.25;

export interface CloudOptions {
  progress: (line: string) => void;
  /** Gives up the start. */
  signal: AbortSignal;
}

/** An AWS account with two EKS clusters in it. */
export interface Cloud {
  cluster: RunningCluster;
  emulator: Emulator;
  /** A folder for files of this run. */
  directory: string;
  /** Settles when a part of it ends by itself, with what there is to say about it. */
  failed: Promise<string>;
  stop: () => Promise<void>;
}

/**
 * Starts a control plane that lets EKS tokens in, and the emulator that knows it as an EKS cluster.
 * @throws ClusterError or EmulatorError saying what is missing on this machine
 */
export async function startCloud({ progress, signal }: CloudOptions): Promise<Cloud> {
  // What is missing on this machine is said before anything is built or started.
  await ensureEmulator(progress);
  const directory = mkdtempSync(join(tmpdir(), "remediation-deployed-"));
  const stopping: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const stopPart of stopping.splice(0).toReversed()) await stopPart();
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    const [port = 0, nobodysPort = 0] = await freePorts(2);
    const webhookSecret = randomBytes(16).toString("hex");
    const webhookConfig = join(directory, "token-webhook.json");
    const identity = { name: CLUSTER_NAME, webhookSecret };
    writeFileSync(webhookConfig, tokenWebhookConfig(`http://127.0.0.1:${port}`, identity, PLACE));

    const cluster = await startCluster({
      directory: join(directory, "cluster"),
      authentication: { webhookConfig },
      progress,
      signal,
    });
    stopping.push(cluster.stop);

    progress("Starting the AWS emulator");
    const prod: EksCluster = { ...identity, port: Number(new URL(cluster.server).port), ca: cluster.ca };
    const unreachable: EksCluster = { ...prod, name: PRIVATE_CLUSTER_NAME, port: nobodysPort };
    const emulator = await startEmulator({ port, clusters: [prod, unreachable], waitScale: WAIT_SCALE, progress });
    stopping.push(emulator.stop);
    signal.throwIfAborted();
    return { cluster, emulator, directory, failed: Promise.race([cluster.failed, emulator.failed]), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
