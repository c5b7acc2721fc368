import type { Cluster } from "../shared/cluster/cluster.ts";
import type { WorkloadRef } from "../shared/refs.ts";
import { isRemediationError } from "../shared/errors.ts";
import { presentTemplate } from "../shared/kubernetes/template.ts";
import type { Workload } from "../shared/kubernetes/types.ts";
import { workloadPath } from "../kinds/workloads.ts";

/** The hash of the workload's present template; undefined when it has none or is gone. */
export async function readPresentTemplate(cluster: Cluster, workload: WorkloadRef): Promise<string | undefined> {
  const path = workloadPath(workload);
  if (path === undefined) return undefined;
  try {
    return presentTemplate(await cluster.get<Workload>(path));
  } catch (error) {
    if (isRemediationError(error, "NotFound")) return undefined;
    throw error;
  }
}
