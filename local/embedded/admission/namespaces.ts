import type { Namespace } from "../types.ts";
import { ApiError, forbidden, notFound } from "../api-error.ts";
import { NAMESPACES } from "../kinds.ts";
import type { Resource } from "../resources.ts";
import type { Store } from "../store.ts";
import type { ApiObject } from "../api-object.ts";

/**
 * Refuses new objects in a namespace that is not there, or on its way out.
 * Source: k8s.io/apiserver/pkg/admission/plugin/namespace/lifecycle
 * @throws ApiError NotFound, or Forbidden with the cause NamespaceTerminating
 */
export function checkNamespace(store: Store, resource: Resource, { metadata }: ApiObject): void {
  if (!resource.namespaced) return;
  const { name = "", namespace: place = "" } = metadata ?? {};
  const namespace = store.find<Namespace>(NAMESPACES, undefined, place);
  if (namespace === undefined) throw notFound(NAMESPACES, place);
  if (namespace.status?.phase !== "Terminating") return;
  const refusal = forbidden(
    resource,
    name,
    `unable to create new content in namespace ${place} because it is being terminated`,
  );
  const cause = {
    reason: "NamespaceTerminating",
    message: `namespace ${place} is being terminated`,
    field: "metadata.namespace",
  };
  throw new ApiError(refusal.code, refusal.reason, refusal.message, { ...refusal.details, causes: [cause] });
}
