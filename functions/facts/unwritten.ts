import type { Incident } from "../run/contracts.ts";
import type { Named, Scanned } from "../kinds/kind.ts";
import { isOfKind, scannedKinds } from "../kinds/kinds.ts";
import { describeWorkload } from "../kinds/workloads.ts";
import type { Reader } from "../shared/cluster/cluster.ts";
import { getIfThere } from "../shared/cluster/get-if-there.ts";
import { collectionOf, objectIn, paths } from "../shared/cluster/paths.ts";
import { RemediationError } from "../shared/errors.ts";
import { isSameKind } from "../shared/kubernetes/groups.ts";
import { selectorText } from "../shared/kubernetes/label-selector.ts";
import { canExist } from "../shared/kubernetes/names.ts";
import { controllerOf, isControlledBy } from "../shared/kubernetes/owners.ts";
import type { Pod, Workload } from "../shared/kubernetes/types.ts";
import type { WorkloadRef } from "../shared/refs.ts";

/** An object through which a workload of a kind that is never written to makes its pods: a ReplicaSet, a Job. */
export interface Maker {
  kind: Scanned;
  object: MadeWith;
}

/** As far as the makers of all kinds are alike. */
interface MadeWith extends Workload {
  /** Only of a ReplicaSet. */
  spec?: Workload["spec"] & { replicas?: number };
}

/** What was read of a workload of a kind that is never written to, or that is gone. */
export interface UnwrittenParts {
  pods: Pod[];
  /** The ReplicaSets and Jobs that it controls; a Job is its own, unless it is gone. */
  makers: Maker[];
  /** Whether these are all of its pods; otherwise they are some of those that the scan has found failing. */
  everyPod: boolean;
}

/** How many makers are asked for their pods: the newest of those that may have any. */
const MAX_MAKERS = 10;
/** How many pods of a namespace are read to find those that the workload controls itself. */
const MAX_PODS = 500;

/**
 * Reads the pods of a workload of a kind that is never written to, or of one that is gone: that nothing is written to it does not
 * mean that nothing is known of it.
 * @throws RemediationError `PodNotFound` for a bare pod that is gone
 */
export async function readUnwritten(cluster: Reader, incident: Incident): Promise<UnwrittenParts> {
  const ref = incident.workload;
  if (isBarePod(ref)) {
    const pod = await getIfThere<Pod>(cluster, paths.pod(ref.namespace, ref.name));
    if (pod === undefined) throw new RemediationError("PodNotFound", `${describeWorkload(ref)} is gone.`);
    return { pods: [pod], makers: [], everyPod: true };
  }
  // Nothing can be controlled by what cannot exist.
  if (!canExist(ref)) return { pods: [], makers: [], everyPod: true };
  const makers = await readMakers(cluster, ref);
  const makersOfPods = makers.filter(({ object }) => object.spec?.replicas !== 0);
  const asked = makersOfPods.slice(0, MAX_MAKERS);
  const made = (await Promise.all(asked.map(({ object }) => podsOf(cluster, ref.namespace, object)))).flat();
  const isRead = (name: string) => made.some(({ metadata }) => metadata?.name === name);
  if (makers.length > 0 && incident.sample_pods.every(isRead)) {
    return { pods: made, makers, everyPod: makersOfPods.length === asked.length };
  }
  const { pods, everyPod } = await ownPods(cluster, incident);
  return { pods: [...made, ...pods], makers, everyPod: everyPod && makersOfPods.length === asked.length };
}

/** Whether the workload is a pod that nothing controls. */
export function isBarePod(ref: WorkloadRef): boolean {
  return isSameKind(ref, { kind: "Pod" });
}

/** The ReplicaSets and Jobs of the workload whose state is news, the newest first. */
async function readMakers(cluster: Reader, ref: WorkloadRef): Promise<Maker[]> {
  const kinds = scannedKinds().filter(({ controlled }) => controlled === true);
  const same = kinds.find((kind) => isOfKind(ref, kind));
  if (same !== undefined) return await readMaker(cluster, same, ref);
  const all = await Promise.all(
    kinds.map(async (kind) => {
      const objects = await cluster.list<MadeWith>(collectionOf(kind, ref.namespace));
      return objects.filter(({ metadata }) => isControlledByRef(metadata, ref)).map((object) => ({ kind, object }));
    }),
  );
  const news = await Promise.all(all.flat().map(async (maker) => !(await isOldNews(cluster, maker, ref))));
  return all
    .flat()
    .filter((_maker, index) => news[index])
    .sort((a, b) => createdAt(b.object) - createdAt(a.object));
}

async function readMaker(cluster: Reader, kind: Scanned, ref: WorkloadRef): Promise<Maker[]> {
  const object = await getIfThere<MadeWith>(cluster, objectIn(collectionOf(kind, ref.namespace), ref.name));
  return object === undefined ? [] : [{ kind, object }];
}

async function isOldNews(cluster: Reader, { kind, object }: Maker, ref: WorkloadRef): Promise<boolean> {
  return (await kind.isOldNews?.(object, ref, (path) => getIfThere(cluster, path))) === true;
}

async function podsOf(cluster: Reader, namespace: string, { metadata, spec }: Workload): Promise<Pod[]> {
  const pods = await cluster.list<Pod>(paths.pods(namespace), { labelSelector: selectorText(spec?.selector) });
  return pods.filter((pod) => isControlledBy(pod.metadata, metadata));
}

/** The pods that the workload controls itself: all of them where the namespace is small, else those that are known to fail. */
async function ownPods(
  cluster: Reader,
  { workload: ref, sample_pods }: Incident,
): Promise<Pick<UnwrittenParts, "pods" | "everyPod">> {
  const all = await cluster.listSmall<Pod>(paths.pods(ref.namespace), MAX_PODS);
  const named = sample_pods.map((name) => getIfThere<Pod>(cluster, paths.pod(ref.namespace, name)));
  const pods = all ?? (await Promise.all(named)).filter((pod) => pod !== undefined);
  return { pods: pods.filter(({ metadata }) => isControlledByRef(metadata, ref)), everyPod: all !== undefined };
}

/** Whether an object's controller is the workload, whose own UID nobody has read. */
function isControlledByRef(metadata: Named["metadata"], ref: WorkloadRef): boolean {
  const controller = controllerOf(metadata);
  return controller !== undefined && isSameKind(controller, ref) && controller.name === ref.name;
}

function createdAt({ metadata }: Workload): number {
  return Date.parse(metadata?.creationTimestamp ?? "") || 0;
}
