import type { ObjectRef } from "../shared/object-ref.ts";
import type { WorkloadRef } from "../shared/refs.ts";

/** A workload as an object of the API server. */
export function workloadObject({ kind, namespace, name }: WorkloadRef): ObjectRef {
  return { apiVersion: "apps/v1", kind, plural: `${kind.toLowerCase()}s`, namespace, name };
}
