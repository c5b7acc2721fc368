import type { Cluster } from "../shared/cluster/cluster.ts";
import type { WorkloadRef } from "../shared/refs.ts";
import { hpaOf } from "../shared/kubernetes/hpa.ts";
import type { Hpa, Pod, Workload } from "../shared/kubernetes/types.ts";
import { podsOf, readWorkload } from "../kinds/workloads.ts";

/** A workload as one fresh look shows it. */
export interface WorkloadState {
  workload: Workload;
  pods: Pod[];
  hpa: Hpa | undefined;
}

/**
 * Reads the workload's newest state.
 * @throws RemediationError `WorkloadNotFound` when it is gone
 */
export async function readState(cluster: Cluster, ref: WorkloadRef): Promise<WorkloadState | undefined> {
  const workload = await readWorkload(cluster, ref);
  if (workload === undefined) return undefined;
  const [pods, hpa] = await Promise.all([podsOf(cluster, ref, workload), hpaOf(cluster, ref)]);
  return { workload, pods, hpa };
}
