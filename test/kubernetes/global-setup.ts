import { execFile } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import type { TestProject } from "vitest/node";
import { ensureBinaries } from "../../local/cluster/binaries.ts";
import { startCluster } from "../../local/cluster/control-plane.ts";
import { TOOLS } from "../../functions/shared/policy.ts";
import { partOf } from "../../infra/rbac-command.ts";
import { grantedRbac } from "./granted.ts";

declare module "vitest" {
  interface ProvidedContext {
    kubeconfig: string;
    restrictedKubeconfig: string;
    kubectl: string;
    auditLog: string;
  }
}

const execute = promisify(execFile);
/** Not compared with what is used: the suite has no controllers of tools. */
const TOOL_MANIFESTS = TOOLS.map((tool) => new URL(`../../infra/rbac-${partOf(tool)}.yaml`, import.meta.url));

/** Gives the functions' groups their permissions, as a deployment does. */
async function grantPermissions(kubectl: string, kubeconfig: string): Promise<void> {
  const applied = execute(kubectl, ["--kubeconfig", kubeconfig, "apply", "-f", "-"]);
  applied.child.stdin?.end([grantedRbac(), ...TOOL_MANIFESTS.map((file) => readFileSync(file, "utf8"))].join("---\n"));
  await applied;
}

/**
 * Starts one control plane for the whole suite. `REMEDIATION_TEST_CLUSTER=.cluster` uses the one that runs in that
 * directory instead, which saves its start. `REMEDIATION_AUDIT_LOG=FILE` keeps a copy of the audit log when the suite ends.
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
    await grantPermissions(kubectl, resolve(running, "kubeconfig"));
    return () => Promise.resolve();
  }

  const parent = mkdtempSync(join(tmpdir(), "remediation-test-"));
  const cluster = await startCluster({ directory: join(parent, "cluster"), progress });
  project.provide("kubectl", cluster.kubectl);
  project.provide("kubeconfig", cluster.kubeconfig);
  project.provide("restrictedKubeconfig", cluster.restrictedKubeconfig);
  project.provide("auditLog", cluster.auditLog);
  await grantPermissions(cluster.kubectl, cluster.kubeconfig);
  return async () => {
    const copy = process.env["REMEDIATION_AUDIT_LOG"];
    if (copy !== undefined) copyFileSync(cluster.auditLog, copy);
    await cluster.stop();
    rmSync(parent, { recursive: true });
  };
}
