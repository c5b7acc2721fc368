import type { RevisionRef, WorkloadRef } from "../shared/refs.ts";
import type { FluxObject, ReconcilerName } from "./flux.ts";

/**
 * Set on what the workflow has suspended: for what, and the generation that the suspension has made. Whoever resumes it, or
 * changes it in another way, makes another generation, so that the mark that is left says nothing any more.
 */
export const SUSPENDED_ANNOTATION = "eks-remediation/suspended";

/** Beside the mark, so that what is suspended is found among all others. */
export const SUSPENDED_LABEL = { name: SUSPENDED_ANNOTATION, value: "true" } as const;

/** What of a suspended reconciler gets nothing, for people, by how many objects it keeps; undefined where it does not list them. */
export function heldWords(objects: number | undefined): string {
  if (objects === undefined) return "what it keeps";
  return objects === 1 ? "the object that it keeps" : `any of the ${objects} objects that it keeps`;
}

/** What is suspended, and for which rollback. */
export interface Suspension {
  before: RevisionRef;
  after: RevisionRef;
  reconciler: ReconcilerName & { revision: string };
}
type Workload = Pick<WorkloadRef, "kind" | "namespace" | "name">;

/** Says for what it is suspended. */
export function markFor(
  { before, after, reconciler }: Suspension,
  { kind, namespace, name }: Workload,
  generation: number,
): string {
  return `${kind} ${namespace}/${name}: revision ${before.revision} of ${reconciler.revision} gave way to revision ${after.revision}; generation ${generation}`;
}

/** The mark on what the workflow has suspended, while it is as that has left it. */
export function markOn({ metadata }: FluxObject): string | undefined {
  const mark = metadata?.annotations?.[SUSPENDED_ANNOTATION];
  return mark?.endsWith(`; generation ${metadata?.generation ?? "unknown"}`) === true ? mark : undefined;
}

/** Whether it is suspended, by whomever. */
export function isSuspended({ spec }: FluxObject): boolean {
  return spec?.suspend === true;
}

/** Whether it is suspended, and was for just that, whatever others have changed of it since. */
export function wasSuspendedFor(object: FluxObject, suspension: Suspension, workload: Workload): boolean {
  const mark = object.metadata?.annotations?.[SUSPENDED_ANNOTATION];
  const generation = Number(/; generation (\d+)$/.exec(mark ?? "")?.[1]);
  return isSuspended(object) && mark === markFor(suspension, workload, generation);
}

/** Whether it is suspended for just that, and has been left so. */
export function isSuspendedFor(object: FluxObject, suspension: Suspension, workload: Workload): boolean {
  return isSuspended(object) && markOn(object) === markFor(suspension, workload, object.metadata?.generation ?? 0);
}
