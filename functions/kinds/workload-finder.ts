import type { Reader } from "../shared/cluster/cluster.ts";
import { collectionOf, objectIn } from "../shared/cluster/paths.ts";
import { isRemediationError } from "../shared/errors.ts";
import { controllerOf, type Owner } from "../shared/kubernetes/owners.ts";
import { isStaticPod } from "../shared/kubernetes/pods.ts";
import type { ObjectMeta, Pod } from "../shared/kubernetes/types.ts";
import type { WorkloadRef } from "../shared/refs.ts";
import type { Scanned } from "./kind.ts";
import { isOfKind, scannedKinds } from "./kinds.ts";

/**
 * Finds the workload that owns an object, through the chain of controllers: a ReplicaSet may be controlled by a Deployment
 * or an Argo Rollout, a Job by a CronJob. A pod without a controller is its own workload, of kind `Pod`; so is a static
 * pod, whose controller is its node.
 *
 * One finder serves one scan: it asks for each of these controllers once.
 */
export class WorkloadFinder {
  readonly #cluster: Reader;
  readonly #owners = new Map<string, Promise<Owner | undefined>>();

  constructor(cluster: Reader) {
    this.#cluster = cluster;
  }

  /** Takes the metadata of an object that may control others as it was read already. */
  learn(kind: Scanned, metadata: ObjectMeta | undefined): void {
    const { namespace = "", name = "" } = metadata ?? {};
    if (kind.controlled !== true || name === "") return;
    const path = objectIn(collectionOf(kind, namespace), name);
    if (!this.#owners.has(path)) this.#owners.set(path, Promise.resolve(controllerOf(metadata)));
  }

  /** Whether it takes no request to say what owns a pod. */
  knows(pod: Pod): boolean {
    const controller = isStaticPod(pod) ? undefined : controllerOf(pod.metadata);
    const path = controller && pathOf(pod.metadata?.namespace ?? "", controller);
    return path === undefined || this.#owners.has(path);
  }

  async ownerOf(pod: Pod): Promise<WorkloadRef> {
    const { namespace = "", name = "" } = pod.metadata ?? {};
    const self = { kind: "Pod", namespace, name };
    return isStaticPod(pod) ? self : await this.ownerOfObject(self, pod.metadata);
  }

  /** The workload at the end of an object's chain of controllers: the object itself when nothing controls it. */
  async ownerOfObject(self: WorkloadRef, metadata: ObjectMeta | undefined): Promise<WorkloadRef> {
    const controller = controllerOf(metadata);
    if (controller === undefined) return self;
    const { kind, group, name } = (await this.#ownerOfController(self.namespace, controller)) ?? controller;
    return { kind, ...(group === undefined ? {} : { group }), namespace: self.namespace, name };
  }

  async #ownerOfController(namespace: string, controller: Owner): Promise<Owner | undefined> {
    const path = pathOf(namespace, controller);
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

/** Where a controller is that may have one itself; undefined where it has none. */
function pathOf(namespace: string, controller: Owner): string | undefined {
  const kind = scannedKinds().find((scanned) => scanned.controlled === true && isOfKind(controller, scanned));
  return kind === undefined ? undefined : objectIn(collectionOf(kind, namespace), controller.name);
}
