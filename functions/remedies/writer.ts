import { assertNoOptOutOn, assertNotOptedOut } from "../facts/opt-out.ts";
import { assertNotOwned, type FieldPaths } from "../facts/owners.ts";
import { describeWorkload, workloadPath } from "../kinds/workloads.ts";
import type { Cluster, JsonPatchOperation, Preconditions, Reader } from "../shared/cluster/cluster.ts";
import { isRemediationError, RemediationError } from "../shared/errors.ts";
import { controllerOf } from "../shared/kubernetes/owners.ts";
import { isTerminating } from "../shared/kubernetes/pods.ts";
import type { Pod } from "../shared/kubernetes/types.ts";
import { pathOf, podRef, type KubernetesObject, type ObjectRef } from "../shared/object-ref.ts";
import type { PodTarget, WorkloadRef } from "../shared/refs.ts";

/** Statuses change often; each change makes the precondition of a write fail, and the object is looked at again. */
const ATTEMPTS = 6;

/**
 * What became of a pod that was to be removed. `not meant`: it is better off than was thought. `let go`: somebody has taken
 * it out of its workload, by its labels, to look into it, so that nothing would make it anew.
 */
export type Removal = "removed" | "gone" | "not meant" | "let go";

/** Whose writes they are, and what they are bound to. */
export interface WriterOptions {
  cluster: Cluster;
  workload: WorkloadRef;
  /** The workload's UID as it was diagnosed: one that was made anew under its name is another. */
  uid?: string | undefined;
  /** Let the API server check every write, and persist none. */
  dryRun: boolean;
  /** The only objects that may be written to. */
  targets: readonly ObjectRef[];
  /** Which fields of an object are written. */
  fields: (ref: ObjectRef) => FieldPaths;
  /** Past whom was changed what the writes take back, by name: the one owner that an object may have. */
  owner?: string | undefined;
  /** Keeps what goes with a pod before the pod does. @throws RemediationError `EvidenceNotKept` */
  keep?: ((pod: Pod) => Promise<void>) | undefined;
  /** Runs Helm on the cluster; absent where it is not there. @throws RemediationError `HelmMissing`, `HelmFailed` */
  helm?: ((args: readonly string[]) => Promise<void>) | undefined;
  /**
   * Makes sure of the claim, and writes the remedy into its history. Called before the first write that persists.
   * @throws RemediationError `ClaimExpired`
   */
  begin: () => Promise<void>;
  /** Makes sure before each further write that nobody else goes on with it. @throws RemediationError `ClaimExpired` */
  goOn: () => Promise<void>;
}

/** How a patch is made. */
export interface PatchOptions<T extends KubernetesObject = KubernetesObject> {
  /** A subresource that is patched in the object's place; the scale, which is an object of its own, is read there, too. */
  subresource?: "scale" | "status";
  /** Whether the API server is asked first what it thinks of it. */
  tryFirst?: boolean;
  /** Looks at what would come of it, where the API server is asked first; what it throws is final. */
  expect?: (tried: T) => void;
}

/**
 * The only way in which a remedy writes to a cluster. Each write goes to an object that the remedy's plan names, after the
 * claim is known to be ours and holds the remedy in its history, unless the workload, its namespace or the object itself
 * has opted out or is another owner's by now, and only while the object is as it was decided upon.
 */
export class Writer {
  readonly workload: WorkloadRef;
  readonly dryRun: boolean;
  readonly reader: Reader;
  readonly #cluster: Cluster;
  readonly #uid: string | undefined;
  readonly #paths: ReadonlySet<string>;
  readonly #fields: (ref: ObjectRef) => FieldPaths;
  readonly #owner: string | undefined;
  readonly #begin: () => Promise<void>;
  readonly #goOn: () => Promise<void>;
  readonly #keep: WriterOptions["keep"];
  readonly #helm: WriterOptions["helm"];
  /** UIDs of the pods whose evidence is kept. */
  readonly #kept = new Set<string>();
  #begun: Promise<void> | undefined;

  constructor({ cluster, workload, uid, dryRun, targets, fields, owner, begin, goOn, keep, helm }: WriterOptions) {
    this.workload = workload;
    this.dryRun = dryRun;
    this.reader = cluster;
    this.#cluster = cluster;
    this.#uid = uid;
    this.#paths = new Set(targets.map(pathOf));
    this.#fields = fields;
    this.#owner = owner;
    this.#begin = begin;
    this.#goOn = goOn;
    this.#keep = keep;
    this.#helm = helm;
  }

  /**
   * Reads an object, decides upon it, and patches it while it is as it was read. Reads and decides again when only the
   * precondition failed.
   * @param decide what to change; `already so` when nothing has to be. What it throws is final
   * @returns whether it was patched now
   * @throws RemediationError `NotFound`; `ObjectChanged` when the object never holds still, is a workload that was made anew
   *   since its diagnosis, or has got another owner since; `OptedOut`; `ClaimExpired`
   */
  async patch<T extends KubernetesObject>(
    ref: ObjectRef,
    decide: (object: T) => Promise<JsonPatchOperation[] | "already so"> | JsonPatchOperation[] | "already so",
    { subresource, tryFirst = false, expect }: PatchOptions<T> = {},
  ): Promise<boolean> {
    const own = this.#target(ref);
    const path = own + (subresource === undefined ? "" : `/${subresource}`);
    for (let attempt = 1; ; attempt++) {
      const object = await this.reader.get<T>(subresource === "scale" ? path : own);
      if (own === workloadPath(this.workload)) this.#assertSame(object);
      const operations = await decide(object);
      if (operations === "already so") return false;
      await this.#prepare(subresource === "scale" ? await this.reader.get(own) : object, own, ref);
      const unchanged = {
        op: "test",
        path: "/metadata/resourceVersion",
        value: object.metadata?.resourceVersion,
      } as const;
      try {
        if (tryFirst || this.dryRun) {
          const tried = await this.#cluster.patch<T>(path, [unchanged, ...operations], { dryRun: true });
          expect?.(tried);
        }
        if (!this.dryRun) await this.#cluster.patch(path, [unchanged, ...operations]);
        return true;
      } catch (error) {
        // Most often only the status moved on: look again, and decide again.
        if (!isRemediationError(error, "ObjectChanged") || attempt >= ATTEMPTS) throw error;
      }
    }
  }

  /**
   * Has something else write to several objects at once, after the same has been made sure of for each of them as before every
   * write. What they have to be like is for `act` to look at, right before.
   * @throws RemediationError `ObjectChanged` when one is gone, is a workload that was made anew since its diagnosis, or has got another
   *   owner since; `OptedOut`; `ClaimExpired`
   */
  async together(refs: readonly ObjectRef[], act: () => Promise<void>): Promise<void> {
    for (const ref of refs) {
      const path = this.#target(ref);
      const object = await this.#present(path, ref);
      if (path === workloadPath(this.workload)) this.#assertSame(object);
      assertNoOptOutOn(ref, object);
      assertNotOwned(ref, object, this.#fields(ref), this.#owner);
    }
    if (!this.dryRun) await this.#claimed();
    await assertNotOptedOut(this.reader, this.workload);
    await act();
  }

  /** Runs Helm on the cluster. @throws RemediationError `HelmMissing`, `HelmFailed` */
  async helm(args: readonly string[]): Promise<void> {
    if (this.#helm === undefined) {
      throw new RemediationError("HelmMissing", "Helm is not there: the function has no layer with it.");
    }
    await this.#helm(args);
  }

  /**
   * Evicts a pod if it is still that very pod, as its disruption budgets allow.
   * @throws RemediationError `DisruptionBudgetExhausted`, `OptedOut`, `ClaimExpired`, `EvidenceNotKept`
   */
  async evict({ name, uid }: PodTarget, isMeant: (pod: Pod) => boolean): Promise<Removal> {
    const { namespace } = this.workload;
    const ref = podRef(namespace, name);
    const path = this.#target(ref);
    const pod = await this.#readPod(path, uid);
    if (typeof pod === "string") return pod;
    if (!isMeant(pod)) return "not meant";
    if (await this.#keepOnce(pod, uid)) {
      // An eviction takes no resourceVersion, and to keep what goes with it may take long: it may be ready by now.
      const present = await this.#readPod(path, uid);
      if (typeof present === "string") return present;
      if (!isMeant(present)) return "not meant";
    }
    await this.#prepare(pod, path, ref);
    try {
      await this.#cluster.evict(namespace, name, { uid }, { dryRun: this.dryRun });
      return "removed";
    } catch (error) {
      // Gone, or another pod has its name by now.
      if (!isRemediationError(error, "NotFound", "ObjectChanged")) throw error;
      return "gone";
    }
  }

  /**
   * Deletes a pod if it still is that very pod, as it was when it was decided upon.
   * @param trial keep what goes with it, let the API server check it, and delete nothing: what a remedy writes before it
   *   deletes a pod is written only where the pod can be deleted
   * @throws RemediationError `OptedOut`, `ClaimExpired`, `EvidenceNotKept`, `ObjectChanged` when the pod never holds still
   */
  async delete({ name, uid }: PodTarget, isMeant: (pod: Pod) => boolean, trial = false): Promise<Removal> {
    const ref = podRef(this.workload.namespace, name);
    const path = this.#target(ref);
    for (let attempt = 1; ; attempt++) {
      const pod = await this.#readPod(path, uid);
      if (typeof pod === "string") return pod;
      if (!isMeant(pod)) return "not meant";
      await this.#keepOnce(pod, uid);
      await this.#prepare(pod, path, ref, trial);
      try {
        await this.#cluster.delete(path, preconditionsOf(pod, uid), { dryRun: trial || this.dryRun });
        return "removed";
      } catch (error) {
        if (isRemediationError(error, "NotFound")) return "gone";
        // It has moved on since it was read, perhaps to ready: look again, and decide again.
        if (!isRemediationError(error, "ObjectChanged") || attempt >= ATTEMPTS) throw error;
      }
    }
  }

  /** The metadata of an object that has to be there. @throws RemediationError `ObjectChanged` */
  async #present(path: string, { kind, namespace, name }: ObjectRef): Promise<KubernetesObject> {
    try {
      return { metadata: await this.reader.metadata(path) };
    } catch (error) {
      if (!isRemediationError(error, "NotFound")) throw error;
      throw new RemediationError(
        "ObjectChanged",
        `${kind} ${namespace}/${name} is not there any more; nothing was changed.`,
      );
    }
  }

  /** The path of an object that may be written to. @throws RemediationError `InvalidStepInput` */
  #target(ref: ObjectRef): string {
    const path = pathOf(ref);
    if (this.#paths.has(path)) return path;
    throw new RemediationError(
      "InvalidStepInput",
      `${ref.kind} ${ref.namespace}/${ref.name} is not among the objects that this remedy's plan writes to.`,
    );
  }

  /** @throws RemediationError `ObjectChanged` when it is not the workload that was diagnosed, though it has its name */
  #assertSame({ metadata }: KubernetesObject): void {
    if (this.#uid === undefined || metadata?.uid === undefined || metadata.uid === this.#uid) return;
    throw new RemediationError(
      "ObjectChanged",
      `${describeWorkload(this.workload)} was left as it is: it was deleted and made anew since it was diagnosed.`,
    );
  }

  /** Keeps what goes with a pod, once. @returns whether it was kept now */
  async #keepOnce(pod: Pod, uid: string): Promise<boolean> {
    if (this.dryRun || this.#keep === undefined || this.#kept.has(uid)) return false;
    await this.#keep(pod);
    this.#kept.add(uid);
    return true;
  }

  /** What has to be true before a write, whatever it writes. A trial persists nothing, so that nothing begins with it. */
  async #prepare(object: KubernetesObject, path: string, ref: ObjectRef, trial = this.dryRun): Promise<void> {
    if (!this.dryRun && !trial) await this.#claimed();
    assertNoOptOutOn(ref, object);
    // A pod is only ever replaced: what it is made from stays as its owner has it.
    if (ref.kind !== "Pod") assertNotOwned(ref, object, this.#fields(ref), this.#owner);
    await assertNotOptedOut(this.reader, this.workload, path === workloadPath(this.workload) ? object : undefined);
  }

  /** Makes sure of the claim before a write that persists, and has the remedy begin with the first. */
  async #claimed(): Promise<void> {
    if (this.#begun === undefined) {
      this.#begun = this.#begin();
      await this.#begun;
      return;
    }
    await this.#begun;
    await this.#goOn();
  }

  /** The pod, if it still is the one that was meant, is not on its way out, and would be made anew. */
  async #readPod(path: string, uid: string): Promise<Pod | Extract<Removal, "gone" | "let go">> {
    try {
      const pod = await this.reader.get<Pod>(path);
      if (pod.metadata?.uid !== uid || isTerminating(pod)) return "gone";
      return controllerOf(pod.metadata) === undefined ? "let go" : pod;
    } catch (error) {
      if (isRemediationError(error, "NotFound")) return "gone";
      throw error;
    }
  }
}

function preconditionsOf({ metadata }: Pod, uid: string): Preconditions {
  const resourceVersion = metadata?.resourceVersion;
  return { uid, ...(resourceVersion === undefined ? {} : { resourceVersion }) };
}
