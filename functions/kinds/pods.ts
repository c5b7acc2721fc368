import type { Reader } from "../shared/cluster/cluster.ts";
import { collectionOf, paths } from "../shared/cluster/paths.ts";
import { selectorText } from "../shared/kubernetes/label-selector.ts";
import { controllerOf, isControlledBy } from "../shared/kubernetes/owners.ts";
import type { Pod, Workload } from "../shared/kubernetes/types.ts";
import type { WorkloadRef } from "../shared/refs.ts";
import type { Kind } from "./kind.ts";
import { isOfKind } from "./kinds.ts";
import type { RevisionHolder } from "./revisions/history.ts";

/** A workload's pods, and the objects that hold its revisions. */
export interface Parts {
  /** Those that it controls, and those on their way out that an earlier one of its name has left. */
  pods: Pod[];
  holders: RevisionHolder[];
  /** Pods that its selector selects as well, and that it does not control. */
  alsoSelected: Pod[];
}

/** What makes the pods of a workload: itself, or the holders of its revisions. */
interface Makers {
  of: Pick<Kind, "kind" | "apiVersion">;
  all: readonly Pick<Workload, "metadata">[];
}

/** Reads what a workload is made of: what it controls, directly or through the holders of its revisions. */
export async function readParts(
  cluster: Reader,
  kind: Kind,
  { namespace }: WorkloadRef,
  workload: Workload,
): Promise<Parts> {
  // A holder is there before its pods are, so that it is read after them.
  const pods = await listPods(cluster, namespace, workload);
  const holders = await listHolders(cluster, kind, namespace, workload);
  const makers =
    kind.history?.controlsPods === true ? { of: kind.history, all: holders } : { of: kind, all: [workload] };
  const isOwn = new Set([...controlledBy(pods, makers.all), ...pods.filter((pod) => isOfEarlier(pod, makers))]);
  const own = pods.filter((pod) => isOwn.has(pod));
  return { pods: own, holders, alsoSelected: pods.filter((pod) => !isOwn.has(pod)) };
}

/**
 * Reads a workload's pods.
 * @param known the UIDs of some of the controllers between the workload and its pods, as an earlier look found them;
 *   these are listed only for pods that another one controls
 * @returns the pods, and the UIDs of their controllers that stand between
 */
export async function readPods(
  cluster: Reader,
  kind: Kind,
  { namespace }: WorkloadRef,
  workload: Workload,
  known: readonly string[] | undefined,
): Promise<{ pods: Pod[]; controllers: string[] }> {
  const pods = await listPods(cluster, namespace, workload);
  const { history } = kind;
  if (history?.controlsPods !== true) return { pods: controlledBy(pods, [workload]), controllers: [] };
  const remembered = (known ?? []).map((uid) => ({ metadata: { uid } }));
  const strangers = pods.filter(
    ({ metadata }) =>
      metadata?.ownerReferences?.some(({ controller, kind: owner }) => controller === true && owner === history.kind) &&
      !remembered.some((holder) => isControlledBy(metadata, holder.metadata)),
  );
  const holders =
    known !== undefined && strangers.length === 0 ? remembered : await listHolders(cluster, kind, namespace, workload);
  const own = controlledBy(pods, holders);
  const controllers = holders
    .filter(({ metadata }) => own.some((pod) => isControlledBy(pod.metadata, metadata)))
    .map(({ metadata }) => metadata?.uid ?? "");
  return { pods: own, controllers };
}

async function listPods(cluster: Reader, namespace: string, workload: Workload): Promise<Pod[]> {
  return await cluster.list<Pod>(paths.pods(namespace), { labelSelector: selectorText(workload.spec?.selector) });
}

/** Lists the holders that the workload controls; others that merely match its selector do not count. */
export async function listHolders(
  cluster: Reader,
  { history }: Kind,
  namespace: string,
  workload: Workload,
): Promise<RevisionHolder[]> {
  if (history === undefined) return [];
  const all = await cluster.list<RevisionHolder>(collectionOf(history, namespace), {
    labelSelector: selectorText(workload.spec?.selector),
  });
  return all.filter(({ metadata }) => isControlledBy(metadata, workload.metadata));
}

/**
 * Whether a pod is on its way out that was made by what had the name of a maker before: it is in the way of the one that is to be
 * called alike, and nobody else tells of it.
 */
function isOfEarlier({ metadata }: Pod, { of, all }: Makers): boolean {
  const controller = metadata?.deletionTimestamp === undefined ? undefined : controllerOf(metadata);
  return (
    controller !== undefined &&
    isOfKind(controller, of) &&
    all.some((maker) => maker.metadata?.name === controller.name)
  );
}

function controlledBy(pods: readonly Pod[], controllers: readonly Pick<Workload, "metadata">[]): Pod[] {
  return pods.filter(({ metadata }) => controllers.some((controller) => isControlledBy(metadata, controller.metadata)));
}
