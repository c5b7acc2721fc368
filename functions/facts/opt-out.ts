import type { Reader } from "../shared/cluster/cluster.ts";
import { getIfThere } from "../shared/cluster/get-if-there.ts";
import { paths } from "../shared/cluster/paths.ts";
import type { WorkloadRef } from "../shared/refs.ts";
import { RemediationError } from "../shared/errors.ts";
import type { ObjectMeta } from "../shared/kubernetes/types.ts";
import { bounded } from "../shared/text.ts";
import { describeWorkload, resourceOf, workloadPath } from "../kinds/workloads.ts";

/**
 * Set on a workload, an HPA, a pod or a namespace: "true", in any case, to opt in where the policy asks for that. Whatever
 * else it is set to keeps the workflow away: who writes "no" or "off" means it.
 */
export const ENABLED_ANNOTATION = "eks-remediation/enabled";

/** The command that keeps the workflow away from a workload until somebody takes the annotation off again. */
export function keepOffCommand(workload: WorkloadRef): string {
  const { namespace, name } = workload;
  return `kubectl -n ${namespace} annotate --overwrite ${resourceOf(workload)} ${name} ${ENABLED_ANNOTATION}=false`;
}

/** How much of the annotation's value is told. */
const MAX_VALUE = 40;

interface Annotated {
  metadata?: ObjectMeta;
}

/**
 * What the annotation says; the workload's own word counts before its namespace's. Undefined where nobody says anything.
 */
export function enabledBy(
  workload: Annotated | undefined,
  namespace: Annotated | undefined,
): "true" | "false" | undefined {
  const value = valueOn(workload) ?? valueOn(namespace);
  if (value === undefined) return undefined;
  return value.toLowerCase() === "true" ? "true" : "false";
}

/** The annotation as it stands on what has opted out, as messages have it. */
export function optOutText(...objects: (Annotated | undefined)[]): string {
  const value = objects.map(valueOn).find((said) => said !== undefined) ?? "false";
  return `${ENABLED_ANNOTATION}: ${bounded(JSON.stringify(value), MAX_VALUE)}`;
}

function valueOn(object: Annotated | undefined): string | undefined {
  return object?.metadata?.annotations?.[ENABLED_ANNOTATION];
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
  if (enabledBy(workload, namespace) === "false") throw optedOut(ref, workload, namespace);
}

/** Looks at an object that was read for a write. @throws RemediationError `OptedOut` when it has opted out itself */
export function assertNoOptOutOn(ref: WorkloadRef, object: Annotated): void {
  if (enabledBy(object, undefined) === "false") throw optedOut(ref, object);
}

/** What was left alone is named: before a pod that has opted out, others of its workload may have been replaced. */
function optedOut(ref: WorkloadRef, ...objects: (Annotated | undefined)[]): RemediationError {
  return new RemediationError(
    "OptedOut",
    `${describeWorkload(ref)} was left as it is: since it was diagnosed, ${optOutText(...objects)} keeps the workflow away.`,
  );
}
