import type { ScaledObject } from "../../functions/facts/scaled-object.ts";
import { SCALED_OBJECTS } from "../../functions/facts/scaled-object.ts";
import { withTools } from "../../functions/kinds/switched.ts";
import type { ObjectMeta } from "../../functions/shared/kubernetes/types.ts";
import type { ReadObject } from "../../functions/shared/object-ref.ts";
import { policy } from "./objects.ts";

/** With KEDA switched on. */
export function withKeda<T>(act: () => T): T {
  return withTools(() => ({ ...policy().owners, keda: true }), act);
}

/** What KEDA leaves on every ScaledObject. */
const MARKS: ObjectMeta = {
  labels: { "scaledobject.keda.sh/name": "web" },
  managedFields: [
    {
      manager: "keda-operator",
      operation: "Update",
      fieldsV1: { "f:metadata": { "f:finalizers": {} }, "f:spec": { "f:advanced": { "f:scalingModifiers": {} } } },
    },
  ],
};

type Spec = NonNullable<ScaledObject["spec"]>;

/** The ScaledObject `shop/web` of Deployment `shop/web`, of 2 to 4 replicas and ready, unless told otherwise. */
export function scaledObject(
  { minReplicaCount = 2, maxReplicaCount = 4, ...spec }: Spec = {},
  { metadata = {}, conditions = {} }: { metadata?: ObjectMeta; conditions?: Record<string, string> } = {},
): ScaledObject {
  const { labels, ...marks } = MARKS;
  const all = { Ready: "True", Active: "True", Fallback: "False", Paused: "False", ...conditions };
  return {
    metadata: {
      ...{ name: "web", namespace: "shop", uid: "keda-uid", resourceVersion: "7" },
      ...marks,
      ...metadata,
      labels: { ...labels, ...metadata.labels },
    },
    spec: { scaleTargetRef: { name: "web" }, minReplicaCount, maxReplicaCount, ...spec },
    status: { conditions: Object.entries(all).map(([type, status]) => ({ type, status })) },
  };
}

/** It, as it was read. */
export function read(object: ScaledObject): ReadObject[] {
  return [{ ref: { ...SCALED_OBJECTS, namespace: "shop", name: object.metadata?.name ?? "" }, object }];
}

/** What KEDA leaves on the HPA that it makes from it. */
export const OF_KEDA: ObjectMeta = {
  labels: { "app.kubernetes.io/managed-by": "keda-operator", "scaledobject.keda.sh/name": "web" },
  ownerReferences: [
    { apiVersion: "keda.sh/v1alpha1", kind: "ScaledObject", name: "web", uid: "keda-uid", controller: true },
  ],
};

/** It without the counts that are undefined, and with those that are given. */
export function withCounts(object: ScaledObject, min: number | undefined, max: number | undefined): ScaledObject {
  const { minReplicaCount: _min, maxReplicaCount: _max, ...spec } = object.spec ?? {};
  const counts = {
    ...(min === undefined ? {} : { minReplicaCount: min }),
    ...(max === undefined ? {} : { maxReplicaCount: max }),
  };
  return { ...object, spec: { ...spec, ...counts } };
}
