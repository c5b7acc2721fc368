import type { Reader } from "../shared/cluster/cluster.ts";
import { getIfThere } from "../shared/cluster/get-if-there.ts";
import { paths } from "../shared/cluster/paths.ts";
import type { WorkloadRef } from "../shared/refs.ts";
import { RemediationError } from "../shared/errors.ts";
import type { ObjectMeta } from "../shared/kubernetes/types.ts";
import { describeWorkload, workloadPath } from "../kinds/workloads.ts";

/** Set to "false" on a workload or a namespace to keep the workflow away; to "true" to opt in where the policy asks for that. */
export const ENABLED_ANNOTATION = "eks-remediation/enabled";

interface Annotated {
  metadata?: ObjectMeta;
}

/** What the annotation says; the workload's own word counts before its namespace's. Undefined where nobody says anything. */
export function enabledBy(workload: Annotated | undefined, namespace: Annotated | undefined): string | undefined {
  const saidBy = (object: Annotated | undefined) => object?.metadata?.annotations?.[ENABLED_ANNOTATION];
  return saidBy(workload) ?? saidBy(namespace);
}

/**
 * Looks once more, right before a write, whether the workflow is to keep away: somebody may have said so since the
 * diagnosis.
 * @param present the workload, where it was read for that write
 * @throws RemediationError `OptedOut`
 */
export async function assertNotOptedOut(reader: Reader, ref: WorkloadRef, present?: Annotated): Promise<void> {
  const path = workloadPath(ref);
  const workload = present ?? (path === undefined ? undefined : await getIfThere<Annotated>(reader, path));
  const namespace = await getIfThere<Annotated>(reader, paths.namespace(ref.namespace));
  if (enabledBy(workload, namespace) === "false") throw optedOut(ref);
}

/** Looks at an object that was read for a write. @throws RemediationError `OptedOut` when it has opted out itself */
export function assertNoOptOutOn(ref: WorkloadRef, object: Annotated): void {
  if (enabledBy(object, undefined) === "false") throw optedOut(ref);
}

/** What was left alone is named: before a pod that has opted out, others of its workload may have been replaced. */
function optedOut(ref: WorkloadRef): RemediationError {
  return new RemediationError(
    "OptedOut",
    `${describeWorkload(ref)} was left as it is: since it was diagnosed, ${ENABLED_ANNOTATION}: "false" keeps the workflow away.`,
  );
}
