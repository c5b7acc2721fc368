import type { Kind } from "../kinds/kind.ts";
import { kindOf } from "../kinds/kinds.ts";
import { workloadObject } from "../kinds/object-ref.ts";
import { readPods } from "../kinds/pods.ts";
import { readWorkload } from "../kinds/workloads.ts";
import type { Verification } from "../run/contracts.ts";
import type { Reader } from "../shared/cluster/cluster.ts";
import { getIfThere } from "../shared/cluster/get-if-there.ts";
import { paths } from "../shared/cluster/paths.ts";
import { hpaOf, scales } from "../shared/kubernetes/hpa.ts";
import type { Hpa, Pod, Workload } from "../shared/kubernetes/types.ts";
import { pathOf, type KubernetesObject, type ObjectRef, type ReadObject } from "../shared/object-ref.ts";
import type { WorkloadRef } from "../shared/refs.ts";

/** A workload as one fresh look shows it. */
export interface WorkloadState {
  kind: Kind;
  workload: Workload;
  pods: Pod[];
  /** The UIDs of the controllers that stand between the workload and its pods. */
  controllers: readonly string[];
  hpa: Hpa | undefined;
  /** Other objects that a remedy writes to, those that are there. */
  others: readonly ReadObject[];
}

/**
 * Reads the workload's newest state; undefined for a kind that is never written to.
 * @param before what an earlier look found, which need not be looked for again
 * @param targets the objects that a remedy writes to
 * @throws RemediationError `WorkloadNotFound` when it is gone
 */
export async function readState(
  cluster: Reader,
  ref: WorkloadRef,
  before: Partial<Verification["observation"]> = {},
  targets: readonly ObjectRef[] = [],
): Promise<WorkloadState | undefined> {
  const kind = kindOf(ref);
  const workload = await readWorkload(cluster, ref);
  if (kind === undefined || workload === undefined) return undefined;
  const [{ pods, controllers }, hpa, others] = await Promise.all([
    readPods(cluster, kind, ref, workload, before.controllers),
    readHpa(cluster, ref, before.hpa),
    readOthers(cluster, ref, targets),
  ]);
  return { kind, workload, pods, controllers, hpa, others };
}

/** The kinds of which a look reads anyway what belongs to the workload. */
const READ_ANYWAY: readonly string[] = ["Pod", "HorizontalPodAutoscaler"];

/** Reads what is neither the workload itself nor read anyway. */
async function readOthers(cluster: Reader, ref: WorkloadRef, targets: readonly ObjectRef[]): Promise<ReadObject[]> {
  const own = pathOf(workloadObject(ref));
  const others = targets.filter((target) => !READ_ANYWAY.includes(target.kind) && pathOf(target) !== own);
  const objects = await Promise.all(others.map((target) => getIfThere<KubernetesObject>(cluster, pathOf(target))));
  return others.flatMap((other, index) => {
    const object = objects[index];
    return object === undefined ? [] : [{ ref: other, object }];
  });
}

/** The HPA that scales the workload, which is looked for among all where it is not the one that is known, nor known to be none. */
async function readHpa(cluster: Reader, ref: WorkloadRef, known: string | null | undefined): Promise<Hpa | undefined> {
  if (known === null) return undefined;
  const same = known === undefined ? undefined : await getIfThere<Hpa>(cluster, paths.hpa(ref.namespace, known));
  return same !== undefined && scales(same, ref) ? same : await hpaOf(cluster, ref);
}
