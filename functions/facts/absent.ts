import type { Reader } from "../shared/cluster/cluster.ts";
import { paths } from "../shared/cluster/paths.ts";
import { isRemediationError } from "../shared/errors.ts";
import type { PodTemplate } from "../shared/kubernetes/types.ts";

type PodSpec = NonNullable<PodTemplate["spec"]>;

/** An object that pods name, beside ConfigMaps and Secrets, and are not made or not started without. */
export interface Needed {
  kind: "ServiceAccount" | "PriorityClass" | "RuntimeClass" | "Node" | "PersistentVolumeClaim";
  name: string;
}

/** One that is not there; or a claim that is being deleted, which no further pod can use. */
export interface Absent extends Needed {
  isGoing: boolean;
}

/** How many objects are asked for. */
const MAX_OBJECTS = 20;
/** The API server makes this one in every namespace, and the priority classes with this prefix itself. */
const DEFAULT_ACCOUNT = "default";
const OF_SYSTEM = "system-";

/**
 * What is not there of what pods need to be made and started, by their metadata. Of what cannot be read nothing is known, and it
 * is not among it.
 * Source: kubernetes plugin/pkg/admission (serviceaccount, priority, runtimeclass); pkg/scheduler plugins/volumebinding
 */
export async function readAbsent(cluster: Reader, namespace: string, specs: readonly PodSpec[]): Promise<Absent[]> {
  const needed = new Map(specs.flatMap(neededBy).map((object) => [`${object.kind} ${object.name}`, object]));
  const objects = [...needed.values()].slice(0, MAX_OBJECTS);
  const found = await Promise.all(objects.map((object) => lookAt(cluster, namespace, object)));
  return objects.flatMap((object, index) => {
    const state = found[index];
    return state === "missing" || state === "going" ? [{ ...object, isGoing: state === "going" }] : [];
  });
}

/** What pods of that spec name; claims that a controller or the pod itself brings are none that it names. */
export function neededBy({
  serviceAccountName,
  priorityClassName,
  runtimeClassName,
  nodeName,
  volumes = [],
}: PodSpec): Needed[] {
  const named = (kind: Needed["kind"], name: string | null | undefined): Needed[] =>
    name === undefined || name === null || name === "" ? [] : [{ kind, name }];
  return [
    ...named("ServiceAccount", serviceAccountName === DEFAULT_ACCOUNT ? undefined : serviceAccountName),
    ...named("PriorityClass", priorityClassName?.startsWith(OF_SYSTEM) === true ? undefined : priorityClassName),
    ...named("RuntimeClass", runtimeClassName),
    ...named("Node", nodeName),
    ...volumes.flatMap(({ persistentVolumeClaim }) => named("PersistentVolumeClaim", persistentVolumeClaim?.claimName)),
  ];
}

async function lookAt(
  cluster: Reader,
  namespace: string,
  { kind, name }: Needed,
): Promise<"there" | "going" | "missing" | "unread"> {
  try {
    const { deletionTimestamp } = await cluster.metadata(PATHS[kind](namespace, name));
    return deletionTimestamp !== undefined && kind === "PersistentVolumeClaim" ? "going" : "there";
  } catch (error) {
    if (!isRemediationError(error)) throw error;
    return isRemediationError(error, "NotFound") ? "missing" : "unread";
  }
}

const PATHS: Record<Needed["kind"], (namespace: string, name: string) => string> = {
  ServiceAccount: paths.serviceAccount,
  PriorityClass: (_namespace, name) => paths.priorityClass(name),
  RuntimeClass: (_namespace, name) => paths.runtimeClass(name),
  Node: (_namespace, name) => paths.node(name),
  PersistentVolumeClaim: paths.persistentVolumeClaim,
};
