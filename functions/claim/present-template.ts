import type { Cluster } from "../shared/cluster/cluster.ts";
import type { WorkloadRef } from "../shared/contracts.ts";
import { isRemediationError } from "../shared/errors.ts";
import { templateHash } from "../shared/kubernetes/template.ts";
import type { Workload } from "../shared/kubernetes/types.ts";
import { workloadPath } from "../shared/kubernetes/workloads.ts";

/** The hash of the workload's present template; undefined when it has none or is gone. */
export async function presentTemplate(cluster: Cluster, workload: WorkloadRef): Promise<string | undefined> {
  const path = workloadPath(workload);
  if (path === undefined) return undefined;
  try {
    const template = (await cluster.get<Workload>(path)).spec?.template;
    return template === undefined ? undefined : templateHash(template);
  } catch (error) {
    if (isRemediationError(error, "NotFound")) return undefined;
    throw error;
  }
}
