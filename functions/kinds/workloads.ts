import type { Cluster } from "../shared/cluster/cluster.ts";
import { paths } from "../shared/cluster/paths.ts";
import type { WorkloadRef } from "../shared/refs.ts";
import { isRemediationError, RemediationError } from "../shared/errors.ts";
import { selectorText } from "../shared/kubernetes/label-selector.ts";
import { canExist } from "../shared/kubernetes/names.ts";
import type { ObjectMeta, Pod, ReplicaSet, Workload } from "../shared/kubernetes/types.ts";

/** The kinds whose controllers recreate their pods, and which the workflow can therefore restart. */
export const RECREATING_KINDS: readonly string[] = ["Deployment", "ReplicaSet", "StatefulSet", "DaemonSet"];

/** A controller as an owner reference names it. */
interface Owner {
  kind: string;
  name: string;
}

/** The controller among an object's owners, if it has one. What cannot exist controls nothing. */
export function controllerOf(metadata: ObjectMeta | undefined): Owner | undefined {
  const controller = metadata?.ownerReferences?.find((owner) => owner.controller === true);
  return controller !== undefined && canExist(controller) ? controller : undefined;
}

/** Controllers that are themselves controlled: a ReplicaSet by a Deployment or an Argo Rollout, a Job by a CronJob. */
const INTERMEDIATE: ReadonlyMap<string, (namespace: string, name: string) => string> = new Map([
  ["ReplicaSet", paths.replicaSet],
  ["Job", paths.job],
]);

/**
 * Finds the workload that owns an object, through the chain of controllers. A pod without a controller is its own
 * workload, of kind `Pod`.
 *
 * One finder serves one scan: it asks for each ReplicaSet and Job once.
 */
export class WorkloadFinder {
  readonly #cluster: Cluster;
  readonly #owners = new Map<string, Promise<Owner | undefined>>();

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  async ownerOf(pod: Pod): Promise<WorkloadRef> {
    return await this.ownerOfObject("Pod", pod.metadata);
  }

  /** The workload at the end of an object's chain of controllers: the object itself when nothing controls it. */
  async ownerOfObject(kind: string, metadata: ObjectMeta | undefined): Promise<WorkloadRef> {
    const namespace = metadata?.namespace ?? "";
    const controller = controllerOf(metadata);
    if (controller === undefined) return { kind, namespace, name: metadata?.name ?? "" };
    const owner = await this.#ownerOfController(namespace, controller);
    return { namespace, kind: owner?.kind ?? controller.kind, name: owner?.name ?? controller.name };
  }

  async #ownerOfController(namespace: string, { kind, name }: Owner): Promise<Owner | undefined> {
    const path = INTERMEDIATE.get(kind)?.(namespace, name);
    if (path === undefined) return undefined;
    let owner = this.#owners.get(path);
    if (owner === undefined) {
      owner = this.#readOwner(path);
      this.#owners.set(path, owner);
    }
    return await owner;
  }

  async #readOwner(path: string): Promise<Owner | undefined> {
    try {
      return controllerOf((await this.#cluster.get<{ metadata?: ObjectMeta }>(path)).metadata);
    } catch (error) {
      // It may be gone before its last pod is.
      if (isRemediationError(error, "NotFound")) return undefined;
      throw error;
    }
  }
}

/** The API path of a workload; undefined for a kind that the workflow does not handle. */
export function workloadPath(workload: WorkloadRef): string | undefined {
  const { namespace, name } = workload;
  switch (workload.kind) {
    case "Deployment":
      return paths.deployment(namespace, name);
    case "ReplicaSet":
      return paths.replicaSet(namespace, name);
    case "StatefulSet":
      return paths.statefulSet(namespace, name);
    case "DaemonSet":
      return paths.daemonSet(namespace, name);
    default:
      return undefined;
  }
}

/**
 * Reads the workload's newest state; undefined for kinds that the workflow does not handle.
 * @throws RemediationError `WorkloadNotFound` when it is gone
 */
export async function readWorkload(cluster: Cluster, workload: WorkloadRef): Promise<Workload | undefined> {
  const path = workloadPath(workload);
  if (path === undefined) return undefined;
  try {
    return await cluster.get<Workload>(path);
  } catch (error) {
    if (!isRemediationError(error, "NotFound")) throw error;
    throw new RemediationError(
      "WorkloadNotFound",
      `${describeWorkload(workload)} does not exist on ${cluster.name}. Check the name and the namespace.`,
      { cause: error },
    );
  }
}

/** The pods that the workload owns, directly or through one of its ReplicaSets. */
export async function podsOf(cluster: Cluster, ref: WorkloadRef, workload: Workload): Promise<Pod[]> {
  const selector = workload.spec?.selector;
  const pods = await cluster.list<Pod>(paths.pods(ref.namespace), { labelSelector: selectorText(selector) });
  if (ref.kind !== "Deployment") return pods.filter((pod) => isControlledBy(pod.metadata, workload.metadata));
  const replicaSets = new Set((await replicaSetsOf(cluster, ref, workload)).map((rs) => rs.metadata?.uid));
  return pods.filter((pod) =>
    pod.metadata?.ownerReferences?.some((owner) => owner.controller === true && replicaSets.has(owner.uid)),
  );
}

/** The ReplicaSets that the Deployment controls; others that merely match its selector do not count. */
export async function replicaSetsOf(cluster: Cluster, ref: WorkloadRef, workload: Workload): Promise<ReplicaSet[]> {
  const all = await cluster.list<ReplicaSet>(paths.replicaSets(ref.namespace), {
    labelSelector: selectorText(workload.spec?.selector),
  });
  return all.filter((replicaSet) => isControlledBy(replicaSet.metadata, workload.metadata));
}

/** `Deployment shop/web`, as messages name a workload. */
export function describeWorkload(workload: WorkloadRef): string {
  return `${workload.kind} ${workload.namespace}/${workload.name}`;
}

/** Whether that very object controls it, not another one of the same name. */
export function isControlledBy(metadata: ObjectMeta | undefined, owner: ObjectMeta | undefined): boolean {
  return metadata?.ownerReferences?.some((ref) => ref.controller === true && ref.uid === owner?.uid) === true;
}
