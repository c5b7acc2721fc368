import type { Cluster } from "../shared/cluster/cluster.ts";
import { paths } from "../shared/cluster/paths.ts";
import type { WorkloadRef } from "../shared/refs.ts";
import { isRemediationError, RemediationError } from "../shared/errors.ts";
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
 * @throws RemediationError `OptedOut`
 */
export async function assertNotOptedOut(cluster: Cluster, ref: WorkloadRef): Promise<void> {
  const path = workloadPath(ref);
  const workload = path === undefined ? undefined : await read(cluster, path);
  const namespace = await read(cluster, paths.namespace(ref.namespace));
  if (enabledBy(workload, namespace) === "false") throw optedOut(ref);
}

/**
 * Looks at a workload that was read for a write whose precondition is its resourceVersion: who opts out later makes that
 * write fail.
 * @throws RemediationError `OptedOut`
 */
export function assertNoOptOutOn(ref: WorkloadRef, workload: Annotated): void {
  if (enabledBy(workload, undefined) === "false") throw optedOut(ref);
}

function optedOut(ref: WorkloadRef): RemediationError {
  return new RemediationError(
    "OptedOut",
    `${describeWorkload(ref)} was left as it is: since it was diagnosed, ${ENABLED_ANNOTATION}: "false" keeps the workflow away.`,
  );
}

/** What is gone says nothing: whoever writes to it will be told. */
async function read(cluster: Cluster, path: string): Promise<Annotated | undefined> {
  try {
    return await cluster.get<Annotated>(path);
  } catch (error) {
    if (isRemediationError(error, "NotFound")) return undefined;
    throw error;
  }
}
