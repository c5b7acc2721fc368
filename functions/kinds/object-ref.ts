import { RemediationError } from "../shared/errors.ts";
import type { ObjectRef } from "../shared/object-ref.ts";
import type { WorkloadRef } from "../shared/refs.ts";
import { kindOf } from "./kinds.ts";
import { describeWorkload } from "./workloads.ts";

/**
 * A workload as an object of the API server.
 * @throws RemediationError `InvalidStepInput` for a kind that is never written to
 */
export function workloadObject(ref: WorkloadRef): ObjectRef {
  const kind = kindOf(ref);
  if (kind === undefined) {
    throw new RemediationError("InvalidStepInput", `${describeWorkload(ref)} is of a kind that is never written to.`);
  }
  const { namespace, name } = ref;
  return { kind: kind.kind, namespace, name, apiVersion: kind.apiVersion, plural: kind.plural };
}
