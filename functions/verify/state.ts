import type { Cluster } from "../shared/cluster/cluster.ts";
import type { WorkloadRef } from "../shared/refs.ts";
import { hpaOf } from "../shared/kubernetes/hpa.ts";
import type { Hpa, Pod, Workload } from "../shared/kubernetes/types.ts";
import type { Kind } from "../kinds/kind.ts";
import { kindOf } from "../kinds/kinds.ts";
import { readParts } from "../kinds/pods.ts";
import { readWorkload } from "../kinds/workloads.ts";

/** A workload as one fresh look shows it. */
export interface WorkloadState {
  kind: Kind;
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
  const kind = kindOf(ref.kind);
  if (kind === undefined || workload === undefined) return undefined;
  const [{ pods }, hpa] = await Promise.all([readParts(cluster, kind, ref, workload), hpaOf(cluster, ref)]);
  return { kind, workload, pods, hpa };
}
