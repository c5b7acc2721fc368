import type { Reader } from "../shared/cluster/cluster.ts";
import type { WorkloadRef } from "../shared/refs.ts";
import { isRemediationError } from "../shared/errors.ts";
import { presentTemplate } from "../shared/kubernetes/template.ts";
import type { Workload } from "../shared/kubernetes/types.ts";
import { asStored, workloadPath } from "../kinds/workloads.ts";

/** The hash of the workload's present template; undefined when it has none or is gone. */
export async function readPresentTemplate(cluster: Reader, workload: WorkloadRef): Promise<string | undefined> {
  const path = workloadPath(workload);
  if (path === undefined) return undefined;
  try {
    return presentTemplate(asStored(workload, await cluster.get<Workload>(path)));
  } catch (error) {
    if (isRemediationError(error, "NotFound")) return undefined;
    throw error;
  }
}

/** The same where it can be read; what cannot be is taken for as it was. */
export async function templateSince(
  cluster: Reader,
  workload: WorkloadRef,
  before: string | undefined,
): Promise<string | undefined> {
  // Whatever is odd about the object: it is one object, and what is decided from its history must not hang on it.
  return await readPresentTemplate(cluster, workload).catch(() => before);
}
