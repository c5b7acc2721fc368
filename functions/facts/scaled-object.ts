import type { Reader } from "../shared/cluster/cluster.ts";
import { listIfInstalled } from "../shared/cluster/list-if-installed.ts";
import { collectionOf } from "../shared/cluster/paths.ts";
import { isRemediationError } from "../shared/errors.ts";
import { groupField, isSameKind } from "../shared/kubernetes/groups.ts";
import { boundsOf } from "../shared/kubernetes/hpa.ts";
import { canExist } from "../shared/kubernetes/names.ts";
import { controllerOf } from "../shared/kubernetes/owners.ts";
import type { Hpa, ObjectMeta } from "../shared/kubernetes/types.ts";
import { objectAt, pathOf, type ObjectRef, type ReadObject } from "../shared/object-ref.ts";
import type { HpaBounds, WorkloadRef } from "../shared/refs.ts";

/** The API group of KEDA's kinds. */
export const KEDA_GROUP = "keda.sh";
/** Where ScaledObjects are kept. */
export const SCALED_OBJECTS = { apiVersion: `${KEDA_GROUP}/v1alpha1`, kind: "ScaledObject", plural: "scaledobjects" };

/**
 * What KEDA makes an HPA from, as far as it matters here.
 * Source: kedacore/keda apis/keda/v1alpha1/scaledobject_types.go
 */
export interface ScaledObject {
  metadata?: ObjectMeta;
  spec?: {
    scaleTargetRef?: { apiVersion?: string; kind?: string; name?: string };
    idleReplicaCount?: number;
    minReplicaCount?: number;
    maxReplicaCount?: number;
  };
  status?: {
    conditions?: { type: string; status: string; reason?: string; message?: string }[];
    /** How its triggers are, by the names of their metrics. */
    health?: Record<string, { numberOfFailures?: number; status?: string }>;
  };
}

/** The counts of a ScaledObject; null for one that is not written there. */
export interface Counts {
  min: number | null;
  max: number | null;
}

/** What KEDA takes for counts that are not written. Source: scaledobject_types.go, GetHPAMinReplicas and GetHPAMaxReplicas */
const DEFAULT_MIN = 1;
const DEFAULT_MAX = 100;

export function scaledObjectRef(namespace: string, name: string): ObjectRef {
  return { ...SCALED_OBJECTS, namespace, name };
}

/** The ScaledObject that controls an object, as that object's own references name it; undefined where none does. */
export function scaledObjectAbove(metadata: ObjectMeta | undefined): { name: string; uid: string } | undefined {
  const controller = controllerOf(metadata);
  const isOne = controller?.kind === SCALED_OBJECTS.kind && controller.group === KEDA_GROUP;
  return isOne ? { name: controller.name, uid: controller.uid } : undefined;
}

/** Whether it says that it scales the workload. Source: scaledobject_types.go and gvkr.go, where a Deployment goes without saying */
export function scalesIt({ spec, metadata }: ScaledObject, workload: WorkloadRef): boolean {
  const { apiVersion = "apps/v1", kind = "Deployment", name } = spec?.scaleTargetRef ?? {};
  const isHere = metadata?.namespace === undefined || metadata.namespace === workload.namespace;
  return isHere && name === workload.name && isSameKind({ kind, ...groupField(apiVersion) }, workload);
}

export function countsOf({ spec }: ScaledObject): Counts {
  return { min: spec?.minReplicaCount ?? null, max: spec?.maxReplicaCount ?? null };
}

/** The bounds that KEDA gives its HPA for these counts: an HPA has no minimum of zero, to which KEDA scales itself. */
export function hpaBoundsFor({ min, max }: Counts): HpaBounds {
  return { min: min !== null && min > 0 ? min : DEFAULT_MIN, max: max ?? DEFAULT_MAX };
}

/** Whether the HPA has the bounds that KEDA gives it for these counts. */
export function hasTakenOver(hpa: Hpa, counts: Counts): boolean {
  const [present, wanted] = [boundsOf(hpa), hpaBoundsFor(counts)];
  return present.min === wanted.min && present.max === wanted.max;
}

export function conditionOf({ status }: ScaledObject, type: "Ready" | "Fallback" | "HPAActive") {
  return status?.conditions?.find((condition) => condition.type === type);
}

/** Annotations that keep KEDA from scaling, in one direction or in both. */
const PAUSING = ["paused", "paused-replicas", "paused-scale-in", "paused-scale-out"].map(
  (name) => `autoscaling.${KEDA_GROUP}/${name}`,
);
/** Source: the Go function strconv.ParseBool; KEDA takes what that cannot read for true */
const FALSE: readonly string[] = ["0", "f", "F", "false", "FALSE", "False"];

/** The annotation by which somebody has paused it; undefined when nobody has. */
export function pausedBy({ metadata }: ScaledObject): string | undefined {
  const annotations = metadata?.annotations ?? {};
  return PAUSING.find((name) => {
    const value = annotations[name];
    // A number of replicas pauses, whatever it is.
    return value !== undefined && (name.endsWith("/paused-replicas") || !FALSE.includes(value));
  });
}

/** The ScaledObject that the workload's HPA names; where it has none, one that says that it scales the workload. */
export function scaledObjectAmong(
  read: readonly ReadObject[],
  workload: WorkloadRef,
  hpa: Hpa | undefined,
): ScaledObject | undefined {
  const named = scaledObjectAbove(hpa?.metadata);
  if (hpa !== undefined) {
    return named === undefined ? undefined : objectAt(scaledObjectRef(workload.namespace, named.name), read);
  }
  return read
    .filter(({ ref }) => ref.kind === SCALED_OBJECTS.kind && ref.apiVersion === SCALED_OBJECTS.apiVersion)
    .map(({ object }) => object as ScaledObject)
    .find((object) => scalesIt(object, workload));
}

/**
 * Reads the ScaledObject that the workload's HPA names; where it has no HPA, as while KEDA is paused, those that say that they
 * scale it. Nothing where KEDA is not installed, or its kinds may not be read.
 */
export async function readScaledObjects(
  reader: Reader,
  workload: WorkloadRef,
  hpa: Hpa | undefined,
): Promise<ReadObject[]> {
  const { namespace } = workload;
  const named = scaledObjectAbove(hpa?.metadata);
  if (hpa !== undefined && named === undefined) return [];
  try {
    if (named !== undefined) {
      const ref = scaledObjectRef(namespace, named.name);
      return [{ ref, object: await reader.get<ScaledObject>(pathOf(ref)) }];
    }
    const all = await listIfInstalled<ScaledObject>(reader, collectionOf(SCALED_OBJECTS, namespace));
    return all
      .filter((object) => scalesIt(object, workload))
      .filter(({ metadata }) => canExist({ kind: SCALED_OBJECTS.kind, name: metadata?.name ?? "" }))
      .map((object) => ({ ref: scaledObjectRef(namespace, object.metadata?.name ?? ""), object }));
  } catch (error) {
    if (!isRemediationError(error, "NotFound", "Forbidden")) throw error;
    return [];
  }
}
