import type { Reader } from "../shared/cluster/cluster.ts";
import { collectionOf, objectIn } from "../shared/cluster/paths.ts";
import { isRemediationError, RemediationError } from "../shared/errors.ts";
import { qualifiedKind } from "../shared/kubernetes/groups.ts";
import type { Workload } from "../shared/kubernetes/types.ts";
import type { WorkloadRef } from "../shared/refs.ts";
import { kindOf } from "./kinds.ts";

/** `Deployment shop/web`, `Rollout.argoproj.io shop/web`, as messages name a workload; `Node worker-1`, which is in no namespace. */
export function describeWorkload(workload: WorkloadRef): string {
  const { namespace, name } = workload;
  return `${qualifiedKind(workload)} ${namespace === "" ? "" : `${namespace}/`}${name}`;
}

/** What kubectl calls a workload's kind: `deployment`, `rollout.argoproj.io`. */
export function resourceOf(workload: WorkloadRef): string {
  return kindOf(workload)?.commands.resource ?? qualifiedKind(workload).toLowerCase();
}

/** The API path of a workload; undefined for a kind that is never written to. */
export function workloadPath(workload: WorkloadRef): string | undefined {
  const kind = kindOf(workload);
  return kind === undefined ? undefined : objectIn(collectionOf(kind, workload.namespace), workload.name);
}

/** The workload with its pod template as the objects have it that it is made into. */
export function asStored(ref: WorkloadRef, workload: Workload): Workload {
  return kindOf(ref)?.asStored?.(workload) ?? workload;
}

/**
 * Reads the workload's newest state; undefined for kinds that are never written to.
 * @throws RemediationError `WorkloadNotFound` when it is gone
 */
export async function readWorkload(cluster: Reader, workload: WorkloadRef): Promise<Workload | undefined> {
  const path = workloadPath(workload);
  if (path === undefined) return undefined;
  try {
    return asStored(workload, await cluster.get<Workload>(path));
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
    `${describeWorkload(workload)} does not exist on ${name}. Check the kind, the name and the namespace.`,
    { cause },
  );
}
