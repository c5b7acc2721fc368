import type { Cluster, Preconditions } from "../../shared/cluster/cluster.ts";
import { paths } from "../../shared/cluster/paths.ts";
import type { PodTarget, Remedy, WorkloadRef } from "../../run/contracts.ts";
import { isRemediationError } from "../../shared/errors.ts";
import { isFailing } from "../../shared/kubernetes/pod-failures.ts";
import { isLeftover, isReady, isTerminating } from "../../shared/kubernetes/pods.ts";
import type { Pod } from "../../shared/kubernetes/types.ts";
import { assertNotOptedOut } from "../../facts/opt-out.ts";

export type RestartRemedy = Extract<Remedy, { action: "restart" }>;

/** What became of the pods of one restart. */
export interface Restarted {
  /** Evicted or deleted by this restart. */
  replaced: PodTarget[];
  /** Gone or going before this restart got to them. */
  gone: PodTarget[];
  /** Left alone, because they do not fail any more. */
  recovered: PodTarget[];
  /** Left alone, because a PodDisruptionBudget allowed no further eviction. */
  held: PodTarget[];
}

/** How the restart is carried out. */
export interface RestartOptions {
  /** Whose pods they are; before each removal it is looked whether it has opted out. */
  workload: WorkloadRef;
  dryRun: boolean;
  /** Whether this restart was tried before: what is gone by now is its own work. */
  again: boolean;
  /** A runbook may restart a pod that does not fail. */
  onlyFailing: boolean;
}

/**
 * Replaces pods one after the other. Each is read again first and pinned by its UID, so that a pod of the same name that
 * came later is never touched, and a repeated call changes nothing more.
 *
 * @throws RemediationError `DisruptionBudgetExhausted` when the budget holds the very first one, `OptedOut`
 */
export async function restart(
  cluster: Cluster,
  { mode, pods }: RestartRemedy,
  { workload, dryRun, again, onlyFailing }: RestartOptions,
): Promise<Restarted> {
  const { namespace } = workload;
  const result: Restarted = { replaced: [], gone: [], recovered: [], held: [] };
  const gone = again ? result.replaced : result.gone;
  for (const [index, target] of pods.entries()) {
    const pod = await readPod(cluster, namespace, target);
    if (pod === undefined || isTerminating(pod)) {
      gone.push(target);
      continue;
    }
    const stillMeant = mode === "clean_up" ? isLeftover(pod) : !onlyFailing || isFailing(pod) || !isReady(pod);
    if (!stillMeant) {
      result.recovered.push(target);
      continue;
    }
    await assertNotOptedOut(cluster, workload);
    try {
      const removed = await remove(cluster, mode, namespace, target, dryRun);
      (removed ? result.replaced : gone).push(target);
    } catch (error) {
      const held = isRemediationError(error, "DisruptionBudgetExhausted");
      if (!held || result.replaced.length === 0) throw error;
      result.held.push(...pods.slice(index));
      break;
    }
  }
  return result;
}

/** @returns whether it was there to be removed */
async function remove(
  cluster: Cluster,
  mode: RestartRemedy["mode"],
  namespace: string,
  { name, uid }: PodTarget,
  dryRun: boolean,
): Promise<boolean> {
  const preconditions: Preconditions = { uid };
  try {
    if (mode === "evict") await cluster.evict(namespace, name, preconditions, { dryRun });
    else await cluster.delete(paths.pod(namespace, name), preconditions, { dryRun });
    return true;
  } catch (error) {
    // Gone, or another pod has its name by now.
    if (!isRemediationError(error, "NotFound", "ObjectChanged")) throw error;
    return false;
  }
}

/** The pod, if it is still the one that was diagnosed. */
async function readPod(cluster: Cluster, namespace: string, { name, uid }: PodTarget): Promise<Pod | undefined> {
  try {
    const pod = await cluster.get<Pod>(paths.pod(namespace, name));
    return pod.metadata?.uid === uid ? pod : undefined;
  } catch (error) {
    if (isRemediationError(error, "NotFound")) return undefined;
    throw error;
  }
}
