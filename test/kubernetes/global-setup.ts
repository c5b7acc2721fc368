import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { TestProject } from "vitest/node";
import { ensureBinaries } from "../../local/cluster/binaries.ts";
import { startCluster } from "../../local/cluster/control-plane.ts";

declare module "vitest" {
  interface ProvidedContext {
    kubeconfig: string;
    restrictedKubeconfig: string;
    kubectl: string;
    auditLog: string;
  }
}

/**
 * Starts one control plane for the whole suite. `REMEDIATION_TEST_CLUSTER=.cluster` uses the one that runs in that
 * directory instead, which saves its start.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const progress = (line: string) => {
    console.log(line);
  };
  const running = process.env["REMEDIATION_TEST_CLUSTER"];
  if (running !== undefined) {
    const { kubectl } = await ensureBinaries(progress);
    project.provide("kubectl", kubectl);
    project.provide("kubeconfig", resolve(running, "kubeconfig"));
    project.provide("restrictedKubeconfig", resolve(running, "restricted.kubeconfig"));
    project.provide("auditLog", resolve(running, "audit.log"));
    return () => Promise.resolve();
  }

  const parent = mkdtempSync(join(tmpdir(), "remediation-test-"));
  const cluster = await startCluster({ directory: join(parent, "cluster"), progress });
  project.provide("kubectl", cluster.kubectl);
  project.provide("kubeconfig", cluster.kubeconfig);
  project.provide("restrictedKubeconfig", cluster.restrictedKubeconfig);
  project.provide("auditLog", cluster.auditLog);
  return async () => {
    await cluster.stop();
    rmSync(parent, { recursive: true });
  };
}
