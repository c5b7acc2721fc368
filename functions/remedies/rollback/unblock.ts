import type { Cluster } from "../../shared/cluster/cluster.ts";
import { paths } from "../../shared/cluster/paths.ts";
import { mapConcurrently } from "../../shared/concurrency.ts";
import type { PodTarget, RevisionRef, WorkloadRef } from "../../run/contracts.ts";
import { isRemediationError } from "../../shared/errors.ts";
import { isTerminating } from "../../shared/kubernetes/pods.ts";
import type { Pod } from "../../shared/kubernetes/types.ts";
import { kindOf } from "../../kinds/kinds.ts";
import { assertNotOptedOut } from "../../facts/opt-out.ts";

/** The status of a crashing pod changes often; each change of it makes the precondition fail. */
const ATTEMPTS = 6;
/** How many pods are looked at at the same time. */
const CONCURRENCY = 8;

/** Which pods are to give way, and to which revision. */
export interface Unblocking {
  /** Whose pods they are; before each deletion it is looked whether it has opted out. */
  workload: WorkloadRef;
  pods: PodTarget[];
  /** The revision that was put in place; pods that were made from it are left alone. */
  to: RevisionRef;
  dryRun: boolean;
}

/**
 * Deletes the pods that an ordered StatefulSet waits for in vain, each only while it still is that very pod, not ready,
 * and of another revision than the one that was put in place. A pod that is gone or going is not deleted again.
 *
 * @returns the pods that have given way: deleted now, or gone already
 */
export async function unblock(cluster: Cluster, { pods, ...how }: Unblocking): Promise<PodTarget[]> {
  const given = await mapConcurrently(pods, CONCURRENCY, (target) => givesWay(cluster, target, how));
  return pods.filter((_target, index) => given[index]);
}

async function givesWay(
  cluster: Cluster,
  { name, uid }: PodTarget,
  { workload, to, dryRun }: Omit<Unblocking, "pods">,
): Promise<boolean> {
  const path = paths.pod(workload.namespace, name);
  for (let attempt = 1; ; attempt++) {
    try {
      const pod = await cluster.get<Pod>(path);
      if (pod.metadata?.uid !== uid || isTerminating(pod)) return true;
      if (kindOf(workload.kind)?.waiting?.isInTheWay(pod, to) !== true) return false;
      const resourceVersion = pod.metadata.resourceVersion;
      if (!dryRun) await assertNotOptedOut(cluster, workload);
      await cluster.delete(path, { uid, ...(resourceVersion === undefined ? {} : { resourceVersion }) }, { dryRun });
      return true;
    } catch (error) {
      if (isRemediationError(error, "NotFound")) return true;
      // It has moved on since it was read, perhaps to ready: look again, and decide again.
      if (!isRemediationError(error, "ObjectChanged") || attempt >= ATTEMPTS) throw error;
    }
  }
}
