import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startCluster, type RunningCluster } from "../../local/cluster/control-plane.ts";
import { freePorts } from "../../local/cluster/ports.ts";
import { CLUSTER_NAME, type Cloud, type CloudOptions } from "../deployed/cloud.ts";
import { tokenWebhookConfig, type EksCluster, type Place } from "../deployed/emulator/eks-clusters.ts";
import { PLACE, startEmulator } from "../deployed/emulator/emulator.ts";
import { ensureEmulator } from "../deployed/emulator/install.ts";
import { ELSEWHERE, QUIET, SHOP } from "./places.ts";

/** The hub's account with its own cluster, and another account with two, of which one does not answer. */
export interface FleetCloud extends Cloud {
  shop: RunningCluster;
}

/**
 * Starts two control planes, and the emulator that knows them as clusters of two accounts and regions.
 * @throws ClusterError or EmulatorError saying what is missing on this machine
 */
export async function startFleet({ progress, signal }: CloudOptions): Promise<FleetCloud> {
  await ensureEmulator(progress);
  const directory = mkdtempSync(join(tmpdir(), "remediation-fleet-"));
  const stopping: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const stopPart of stopping.splice(0).toReversed()) await stopPart();
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    const [port = 0, nobodysPort = 0] = await freePorts(2);
    const start = async (name: string, place: Place): Promise<[RunningCluster, EksCluster]> => {
      const identity = { name, webhookSecret: randomBytes(16).toString("hex") };
      const webhookConfig = join(directory, `${name}-webhook.json`);
      writeFileSync(webhookConfig, tokenWebhookConfig(`http://127.0.0.1:${port}`, identity, place));
      progress(`Starting the control plane of ${name}`);
      const running = await startCluster({
        directory: join(directory, name),
        authentication: { webhookConfig },
        progress,
        signal,
      });
      stopping.push(running.stop);
      return [running, { ...identity, port: Number(new URL(running.server).port), ca: running.ca, place }];
    };
    const [cluster, own] = await start(CLUSTER_NAME, PLACE);
    const [shop, ofShop] = await start(SHOP.name, ELSEWHERE);
    const quiet: EksCluster = { ...ofShop, name: QUIET.name, port: nobodysPort };

    progress("Starting the AWS emulator");
    const emulator = await startEmulator({ port, clusters: [own, ofShop, quiet], waitScale: 0.25, progress });
    stopping.push(emulator.stop);
    signal.throwIfAborted();
    const failed = Promise.race([cluster.failed, shop.failed, emulator.failed]);
    return { cluster, shop, emulator, directory, failed, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
