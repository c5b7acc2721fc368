import type { Reader } from "../shared/cluster/cluster.ts";
import { collectionOf, objectIn } from "../shared/cluster/paths.ts";
import { isRemediationError } from "../shared/errors.ts";
import { controllerOf, type Owner } from "../shared/kubernetes/owners.ts";
import type { ObjectMeta, Pod } from "../shared/kubernetes/types.ts";
import type { WorkloadRef } from "../shared/refs.ts";
import { scannedKinds } from "./kinds.ts";

/**
 * Finds the workload that owns an object, through the chain of controllers: a ReplicaSet may be controlled by a Deployment
 * or an Argo Rollout, a Job by a CronJob. A pod without a controller is its own workload, of kind `Pod`.
 *
 * One finder serves one scan: it asks for each of these controllers once.
 */
export class WorkloadFinder {
  readonly #cluster: Reader;
  readonly #owners = new Map<string, Promise<Owner | undefined>>();

  constructor(cluster: Reader) {
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

  async #ownerOfController(namespace: string, { kind: name, name: controller }: Owner): Promise<Owner | undefined> {
    const kind = scannedKinds().find((scanned) => scanned.kind === name && scanned.controlled === true);
    if (kind === undefined) return undefined;
    const path = objectIn(collectionOf(kind, namespace), controller);
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
