import type { Reader } from "../shared/cluster/cluster.ts";
import { collectionOf, objectIn } from "../shared/cluster/paths.ts";
import { isRemediationError, RemediationError } from "../shared/errors.ts";
import type { Workload } from "../shared/kubernetes/types.ts";
import type { WorkloadRef } from "../shared/refs.ts";
import { kindOf } from "./kinds.ts";

/** `Deployment shop/web`, as messages name a workload. */
export function describeWorkload(workload: WorkloadRef): string {
  return `${workload.kind} ${workload.namespace}/${workload.name}`;
}

/** The API path of a workload; undefined for a kind that is never written to. */
export function workloadPath({ kind: name, namespace, name: workload }: WorkloadRef): string | undefined {
  const kind = kindOf(name);
  return kind === undefined ? undefined : objectIn(collectionOf(kind, namespace), workload);
}

/**
 * Reads the workload's newest state; undefined for kinds that are never written to.
 * @throws RemediationError `WorkloadNotFound` when it is gone
 */
export async function readWorkload(cluster: Reader, workload: WorkloadRef): Promise<Workload | undefined> {
  const path = workloadPath(workload);
  if (path === undefined) return undefined;
  try {
    return await cluster.get<Workload>(path);
  } catch (error) {
    throw isRemediationError(error, "NotFound") ? workloadNotFound(cluster, workload, error) : error;
  }
}

/** The error that says that a workload is gone. */
export function workloadNotFound(
  { name }: Pick<Reader, "name">,
  workload: WorkloadRef,
  cause: unknown,
): RemediationError {
  return new RemediationError(
    "WorkloadNotFound",
    `${describeWorkload(workload)} does not exist on ${name}. Check the name and the namespace.`,
    { cause },
  );
}
