import type { KindRef } from "./groups.ts";

/** A Kubernetes object name: RFC 1123 subdomain, as the API server checks it. */
export const OBJECT_NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
export const MAX_OBJECT_NAME = 253;
export const MAX_KIND = 63;
/** A kind, as custom resource definitions may name theirs. */
const KIND = /^[A-Za-z]([-A-Za-z0-9]{0,61}[A-Za-z0-9])?$/;

/**
 * Whether an object of that kind, group and name can exist. The API server checks the names of objects, but takes owner
 * references with whatever text in them.
 * Source: k8s.io/apimachinery, pkg/api/validation/objectmeta.go, validateOwnerReference
 */
export function canExist({ kind, group, name }: KindRef & { name: string }): boolean {
  return KIND.test(kind) && isObjectName(name) && (group === undefined || isObjectName(group));
}

/** How much of a name is given where the API server generates the rest. Source: k8s.io/apiserver pkg/storage/names/generate.go */
const MAX_GIVEN = 58;
/** What a pod has after the name of what makes it: five random characters, or its ordinal. */
const OF_ONE_POD = /^(?:[a-z0-9]{5}|\d+)$/;

/**
 * Whether a pod is called as what bears that name calls its pods: not as the pods of another whose name begins so, and also where
 * the name is so long that only a part of it remains.
 */
export function isNamedAfter(pod: string, maker: string): boolean {
  const given = `${maker}-`.slice(0, MAX_GIVEN);
  return pod.startsWith(given) && OF_ONE_POD.test(pod.slice(given.length));
}

/** Whether an object can have that name. */
export function isObjectName(text: string): boolean {
  return text.length <= MAX_OBJECT_NAME && OBJECT_NAME.test(text);
}
