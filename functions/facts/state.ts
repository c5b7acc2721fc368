import type { Kind } from "../kinds/kind.ts";
import { kindOf } from "../kinds/kinds.ts";
import { readPods } from "../kinds/pods.ts";
import { readWorkload } from "../kinds/workloads.ts";
import type { Verification } from "../run/contracts.ts";
import type { Reader } from "../shared/cluster/cluster.ts";
import { paths } from "../shared/cluster/paths.ts";
import { isRemediationError } from "../shared/errors.ts";
import { hpaOf, scales } from "../shared/kubernetes/hpa.ts";
import type { Hpa, Pod, Workload } from "../shared/kubernetes/types.ts";
import type { WorkloadRef } from "../shared/refs.ts";

/** A workload as one fresh look shows it. */
export interface WorkloadState {
  kind: Kind;
  workload: Workload;
  pods: Pod[];
  /** The UIDs of the controllers that stand between the workload and its pods. */
  controllers: readonly string[];
  hpa: Hpa | undefined;
}

/**
 * Reads the workload's newest state; undefined for a kind that is never written to.
 * @param before what an earlier look found, which need not be looked for again
 * @throws RemediationError `WorkloadNotFound` when it is gone
 */
export async function readState(
  cluster: Reader,
  ref: WorkloadRef,
  before: Partial<Verification["observation"]> = {},
): Promise<WorkloadState | undefined> {
  const kind = kindOf(ref.kind);
  const workload = await readWorkload(cluster, ref);
  if (kind === undefined || workload === undefined) return undefined;
  const [{ pods, controllers }, hpa] = await Promise.all([
    readPods(cluster, kind, ref, workload, before.controllers),
    readHpa(cluster, ref, before.hpa),
  ]);
  return { kind, workload, pods, controllers, hpa };
}

/** The HPA that scales the workload, which is looked for among all where it is not the one that is known, nor known to be none. */
async function readHpa(cluster: Reader, ref: WorkloadRef, known: string | null | undefined): Promise<Hpa | undefined> {
  if (known === null) return undefined;
  const same = known === undefined ? undefined : await getHpa(cluster, ref.namespace, known);
  return same !== undefined && scales(same, ref) ? same : await hpaOf(cluster, ref);
}

async function getHpa(cluster: Reader, namespace: string, name: string): Promise<Hpa | undefined> {
  try {
    return await cluster.get<Hpa>(paths.hpa(namespace, name));
  } catch (error) {
    if (isRemediationError(error, "NotFound")) return undefined;
    throw error;
  }
}
