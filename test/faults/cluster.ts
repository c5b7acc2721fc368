import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Cluster } from "../../functions/shared/cluster/cluster.ts";
import { HttpCluster } from "../../functions/shared/cluster/http-cluster.ts";
import { paths } from "../../functions/shared/cluster/paths.ts";
import { isRemediationError } from "../../functions/shared/errors.ts";
import type { Namespace } from "../../functions/shared/kubernetes/types.ts";
import { ensureBinaries } from "../../local/cluster/binaries.ts";
import { startCluster } from "../../local/cluster/control-plane.ts";
import { Upstream } from "./proxy/forward.ts";
import { connectionFromKubeconfig } from "../../local/command-line/kubeconfig.ts";
import { GROUND_LABEL } from "./ground.ts";
import type { Stage } from "./stage.ts";

const execute = promisify(execFile);
const RBAC = fileURLToPath(new URL("../../infra/rbac.yaml", import.meta.url));

/** A control plane that the functions' groups have their permissions on. */
export interface StagedCluster extends Stage {
  stop: () => Promise<void>;
}

/** Takes the control plane that runs in `REMEDIATION_TEST_CLUSTER`, or starts one. */
export async function stageCluster(progress: (line: string) => void): Promise<StagedCluster> {
  const running = process.env["REMEDIATION_TEST_CLUSTER"];
  if (running !== undefined) {
    const { kubectl } = await ensureBinaries(progress);
    const stage = await staged(kubectl, resolve(running, "kubeconfig"), () => removeGrounds(stage.cluster));
    return stage;
  }
  const parent = mkdtempSync(join(tmpdir(), "remediation-faults-"));
  const { kubectl, kubeconfig, stop } = await startCluster({ directory: join(parent, "cluster"), progress });
  return await staged(kubectl, kubeconfig, async () => {
    await stop();
    rmSync(parent, { recursive: true });
  });
}

/** Leaves no namespace behind on a cluster that others use, too. */
async function removeGrounds(cluster: Cluster): Promise<void> {
  const namespaces = await cluster.list<Namespace>(paths.namespaces(), { labelSelector: GROUND_LABEL });
  for (const { metadata } of namespaces) {
    try {
      await cluster.delete(paths.namespace(metadata?.name ?? ""), { uid: metadata?.uid ?? "" });
    } catch (error) {
      // It went meanwhile, as somebody in a run had asked for.
      if (!isRemediationError(error, "NotFound", "ObjectChanged")) throw error;
    }
  }
}

async function staged(kubectl: string, kubeconfig: string, stop: () => Promise<void>): Promise<StagedCluster> {
  await execute(kubectl, ["--kubeconfig", kubeconfig, "apply", "-f", RBAC]);
  const connection = await connectionFromKubeconfig(kubeconfig);
  const cluster = new HttpCluster(connection);
  const upstream = new Upstream(connection);
  return {
    cluster,
    connection,
    upstream,
    stop: async () => {
      upstream.close();
      await stop();
    },
  };
}
