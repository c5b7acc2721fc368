import type { ReadOthers } from "./evidence.ts";
import { workloadObject } from "../kinds/object-ref.ts";
import type { Reconciler, WorkloadRef } from "../shared/refs.ts";
import type { Reader } from "../shared/cluster/cluster.ts";
import { paths } from "../shared/cluster/paths.ts";
import { isRemediationError } from "../shared/errors.ts";
import { canExist } from "../shared/kubernetes/names.ts";
import type { ObjectMeta } from "../shared/kubernetes/types.ts";
import { pathOf, type KubernetesObject, type ObjectRef, type ReadObject } from "../shared/object-ref.ts";
import { RECONCILERS, reconcilerRef, SOURCE_GROUP, SOURCES, type FluxObject } from "./flux.ts";

/** Which reconciler the labels of an object name. */
export type Named = Pick<Reconciler, "kind" | "namespace" | "name">;

/**
 * What the labels of an object say of what keeps it. Whoever may write the object may have set them: what they name is believed
 * only once it says so itself.
 * Source: fluxcd/pkg ssa, SetOwnerLabels; helm-controller, its post-renderer of origin labels
 * @returns undefined where they name none, several, or what no object can be called
 */
export function namedBy({ labels = {} }: ObjectMeta): Named | undefined {
  const kinds = (["Kustomization", "HelmRelease"] as const).filter(
    (kind) => `${RECONCILERS[kind].group}/name` in labels,
  );
  const [kind] = kinds;
  if (kind === undefined || kinds.length > 1) return undefined;
  const { group } = RECONCILERS[kind];
  const [name = "", namespace = ""] = [labels[`${group}/name`], labels[`${group}/namespace`]];
  const isPossible =
    canExist({ kind, group, name }) && canExist({ kind: "Namespace", group: undefined, name: namespace });
  return isPossible ? { kind, namespace, name } : undefined;
}

/** Reads what keeps a workload, the source that it has its manifests from, and the namespace that it is in where that is another. */
export const readReconciler: ReadOthers = async (reader, ref, { workload }) => {
  const named = namedBy(workload?.metadata ?? {});
  if (named === undefined) return [];
  const own = reconcilerRef(named);
  const object = await getIfReadable<FluxObject>(reader, pathOf(own));
  if (object === undefined) return [];
  const sourceRef = sourceOf(named, object);
  const [source, namespace] = await Promise.all([
    sourceRef && getIfReadable<KubernetesObject>(reader, pathOf(sourceRef)),
    named.namespace === ref.namespace
      ? undefined
      : getIfReadable<KubernetesObject>(reader, paths.namespace(named.namespace)),
  ]);
  return [{ ref: own, object }, ...readAs(sourceRef, source), ...readAs(namespaceRef(named.namespace), namespace)];
};

function readAs(ref: ObjectRef | undefined, object: KubernetesObject | undefined): ReadObject[] {
  return ref === undefined || object === undefined ? [] : [{ ref, object }];
}

/** The API group of a workload, as an inventory names it: empty for Kubernetes' own core. */
export function groupOf(workload: WorkloadRef): string {
  const { apiVersion } = workloadObject(workload);
  return apiVersion.includes("/") ? (apiVersion.split("/")[0] ?? "") : "";
}

/** Where a reconciler has from what it puts in place; undefined for a source of a kind that is not known. */
export function sourceOf(
  { kind: own, namespace: inNamespace }: Named,
  { spec, status }: FluxObject,
): ObjectRef | undefined {
  const [chartNamespace, chartName] = status?.helmChart?.split("/") ?? [];
  const made = { kind: "HelmChart", namespace: chartNamespace, name: chartName };
  const {
    kind = "",
    namespace = inNamespace,
    name = "",
  } = (own === "Kustomization" ? spec?.sourceRef : spec?.chartRef) ?? made;
  const plural = SOURCES[kind];
  if (plural === undefined || !canExist({ kind, group: SOURCE_GROUP, name })) return undefined;
  if (!canExist({ kind: "Namespace", group: undefined, name: namespace })) return undefined;
  return { apiVersion: `${SOURCE_GROUP}/v1`, kind, plural, namespace, name };
}

/** A namespace among the objects that were read. It is in none; that it is named twice only tells it from others. */
export function namespaceRef(name: string): ObjectRef {
  return { apiVersion: "v1", kind: "Namespace", plural: "namespaces", namespace: name, name };
}

/** Reads one object; undefined where there is none, its kind is not installed, or it may not be read. */
async function getIfReadable<T>(reader: Reader, path: string): Promise<T | undefined> {
  try {
    return await reader.get<T>(path);
  } catch (error) {
    if (isRemediationError(error, "NotFound", "Forbidden")) return undefined;
    throw error;
  }
}
