import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Cluster, JsonPatchOperation } from "../../functions/shared/cluster/cluster.ts";
import { paths } from "../../functions/shared/cluster/paths.ts";
import { isRemediationError } from "../../functions/shared/errors.ts";
import type { Lease, ObjectMeta, Pod } from "../../functions/shared/kubernetes/types.ts";
import { CLAIM_NAMESPACE } from "../../functions/shared/policy.ts";

/** An object to be created. */
export interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string; annotations?: Record<string, string> };
}

/** Where each kind that a situation is made of is created. */
const COLLECTIONS: Readonly<Record<string, (namespace: string) => string>> = {
  Deployment: paths.deployments,
  StatefulSet: paths.statefulSets,
  HorizontalPodAutoscaler: paths.hpas,
  ConfigMap: (namespace) => `${paths.namespace(namespace)}/configmaps`,
};

/** What the controllers work on as long as it is there. */
const BUSY = [paths.deployments, paths.statefulSets, paths.daemonSets, paths.hpas];

/** Whoever uses the cluster after the suite finds the namespaces by it. */
export const GROUND_LABEL = "eks-remediation/faults";

/** A name must not come back. */
const SUFFIX_BYTES = 4;

/** A namespace of one run, as the administrator sees it: nothing goes wrong here. */
export class Ground {
  readonly namespace: string;
  readonly cluster: Cluster;

  private constructor(cluster: Cluster, namespace: string) {
    this.cluster = cluster;
    this.namespace = namespace;
  }

  /** Makes a namespace whose name starts with `name`, and waits until pods can be created in it. */
  static async create(cluster: Cluster, name: string): Promise<Ground> {
    const ground = new Ground(cluster, `${name}-${randomBytes(SUFFIX_BYTES).toString("hex")}`);
    await cluster.create(paths.namespaces(), {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: ground.namespace, labels: { [GROUND_LABEL]: "true" } },
    });
    await ground.until("the namespace has its service account", async () => {
      await cluster.get(`${paths.namespace(ground.namespace)}/serviceaccounts/default`);
      return true;
    });
    return ground;
  }

  /**
   * Deletes the workloads and the claims on them, without waiting for the end of it. The namespace stays: to delete it
   * costs the API server more than a whole run.
   */
  async remove(): Promise<void> {
    for (const { metadata } of await this.claims()) {
      await this.#delete(paths.lease(CLAIM_NAMESPACE, metadata?.name ?? ""), metadata);
    }
    for (const collection of BUSY.map((path) => path(this.namespace))) {
      for (const { metadata } of await this.cluster.list<{ metadata?: ObjectMeta }>(collection)) {
        await this.#delete(`${collection}/${metadata?.name ?? ""}`, metadata);
      }
    }
  }

  /** Deletes an object, whoever may be using it; what is gone or going is left. */
  async delete(path: string): Promise<void> {
    try {
      const { metadata } = await this.cluster.get<{ metadata?: ObjectMeta }>(path);
      await this.#delete(path, metadata);
    } catch (error) {
      if (!isRemediationError(error, "NotFound")) throw error;
    }
  }

  async #delete(path: string, metadata: ObjectMeta | undefined): Promise<void> {
    try {
      await this.cluster.delete(path, { uid: metadata?.uid ?? "" });
    } catch (error) {
      if (!isRemediationError(error, "NotFound", "ObjectChanged")) throw error;
    }
  }

  async create(...manifests: Manifest[]): Promise<void> {
    for (const manifest of manifests) {
      const collection = COLLECTIONS[manifest.kind];
      if (collection === undefined) throw new Error(`No situation is made of a ${manifest.kind}.`);
      await this.cluster.create(collection(this.namespace), manifest);
    }
  }

  /** Patches without a precondition, as somebody who deploys does. */
  async patch(path: string, ...operations: JsonPatchOperation[]): Promise<void> {
    await this.cluster.patch(path, operations);
  }

  async pods(app: string): Promise<Pod[]> {
    return await this.cluster.list<Pod>(paths.pods(this.namespace), { labelSelector: `app=${app}` });
  }

  /** Puts an annotation on the pods that run now; their replacements will not have it. */
  async annotatePods(app: string, name: string, value: string): Promise<void> {
    for (const { metadata } of await this.pods(app)) {
      if (metadata?.deletionTimestamp !== undefined) continue;
      const annotations = { ...metadata?.annotations, [name]: value };
      const path = paths.pod(this.namespace, metadata?.name ?? "");
      try {
        await this.patch(path, { op: "add", path: "/metadata/annotations", value: annotations });
      } catch (error) {
        // It went meanwhile.
        if (!isRemediationError(error, "NotFound")) throw error;
      }
    }
  }

  /** The claims on workloads of this namespace. */
  async claims(): Promise<Lease[]> {
    const leases = await this.cluster.list<Lease>(paths.leases(CLAIM_NAMESPACE));
    return leases.filter(({ metadata }) => metadata?.name?.includes(`.${this.namespace}.`));
  }

  /** Waits until some pods of an app wait for this reason. */
  async untilWaiting(app: string, reason: string, count = 1): Promise<void> {
    await this.until(`${count} pods of ${app} wait for ${reason}`, async () => {
      const waiting = (await this.pods(app)).filter(({ status }) =>
        status?.containerStatuses?.some(({ state }) => state?.waiting?.reason === reason),
      );
      return waiting.length >= count;
    });
  }

  /** Waits where time itself matters, in seconds. */
  async rest(seconds: number): Promise<void> {
    await sleep(seconds * 1_000);
  }

  /** Waits until something is so; what does not exist yet is not so yet. */
  async until(what: string, holds: () => Promise<boolean>, seconds = 90): Promise<void> {
    const deadline = Date.now() + seconds * 1_000;
    const tried = async () => {
      try {
        return await holds();
      } catch (error) {
        if (isRemediationError(error, "NotFound", "ObjectChanged")) return false;
        throw error;
      }
    };
    while (!(await tried())) {
      if (Date.now() > deadline) throw new Error(`${this.namespace}: after ${seconds} s it is still not so: ${what}`);
      await sleep(400);
    }
  }
}
