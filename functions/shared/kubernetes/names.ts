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
  return KIND.test(kind) && isName(name) && (group === undefined || isName(group));
}

function isName(text: string): boolean {
  return text.length <= MAX_OBJECT_NAME && OBJECT_NAME.test(text);
}
