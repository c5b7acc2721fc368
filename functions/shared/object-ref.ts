import { objectIn, collectionOf } from "./cluster/paths.ts";
import type { Hpa, ObjectMeta, Pod } from "./kubernetes/types.ts";

/** One object of a cluster, and where the API server keeps it. */
export interface ObjectRef {
  /** `apps/v1`; `v1` for the core group. */
  apiVersion: string;
  kind: string;
  /** The resource, as paths and permissions name it: `deployments`. */
  plural: string;
  namespace: string;
  name: string;
}

/** What every object has. */
export interface KubernetesObject {
  metadata?: ObjectMeta;
}

/** An object that was read, and which it is: the lists of the API server do not say. */
export interface ReadObject {
  ref: ObjectRef;
  object: KubernetesObject;
}

/** An object among those that were read; undefined when it was not, or is not there. */
export function objectAt<T extends KubernetesObject>(ref: ObjectRef, read: readonly ReadObject[]): T | undefined {
  const path = pathOf(ref);
  return read.find((other) => pathOf(other.ref) === path)?.object as T | undefined;
}

/** The API path of an object. @throws RemediationError `InvalidStepInput` for a name that no object can have */
export function pathOf({ apiVersion, plural, namespace, name }: ObjectRef): string {
  return objectIn(collectionOf({ apiVersion, plural }, namespace), name);
}

/** A pod. */
export function podRef(namespace: string, name: string): ObjectRef {
  return { apiVersion: "v1" satisfies Pod["apiVersion"], kind: "Pod", plural: "pods", namespace, name };
}

/** A HorizontalPodAutoscaler. */
export function hpaRef(namespace: string, name: string): ObjectRef {
  const apiVersion = "autoscaling/v2" satisfies Hpa["apiVersion"];
  return { apiVersion, kind: "HorizontalPodAutoscaler", plural: "horizontalpodautoscalers", namespace, name };
}
