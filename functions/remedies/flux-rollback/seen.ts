import type { WorkloadState } from "../../facts/state.ts";
import { presentTemplate } from "../../shared/kubernetes/template.ts";
import { objectAt } from "../../shared/object-ref.ts";
import type { RevisionRef } from "../../shared/refs.ts";
import { seen as seenRollback } from "../rollback/seen.ts";
import type { FluxRollbackChange, FluxRollbackPlan } from "./contract.ts";
import { describeReconciler, reconcilerRef, type FluxObject } from "../../facts/flux.ts";
import { isSuspended, isSuspendedFor, wasSuspendedFor, type Suspension } from "../../facts/flux-suspension.ts";
import { whatBecame } from "./suspend.ts";

/** What is suspended for it, and the earlier template where it is in place; where it was to be resumed, that it is. */
export function seen(plan: FluxRollbackPlan, state: WorkloadState): FluxRollbackChange | undefined {
  const { before, after, reconciler, back } = plan;
  if (back !== undefined) {
    const { action: kind, ...parts } = plan;
    const change = { kind, ...parts, put: back.put };
    return remains(change, state).length === 0 ? change : undefined;
  }
  const rolledBack = seenRollback({ ...plan, action: "rollback" }, state);
  // What others have changed since may be suspended by the remedy all the same.
  if (rolledBack === undefined && !is(wasSuspendedFor, plan, state)) return undefined;
  const unblocked = rolledBack?.unblocked ?? [];
  return { kind: "flux-rollback", before, after, unblocked, reconciler, put: rolledBack !== undefined };
}

/** That what was suspended is not any more, or that there is another template than the one that was put in place. */
export function overtaken(change: FluxRollbackChange, state: WorkloadState): string | undefined {
  const { before, after, reconciler, put } = change;
  const name = describeReconciler(reconciler);
  // Whoever suspends it anew has it in hand; what it brings once it is resumed is what was asked for.
  if (change.back !== undefined) return isSuspendedNow(change, state) ? `${name} is suspended` : undefined;
  const object = reconcilerIn(change, state);
  if (object === undefined) return notToBeSeen(change);
  if (!isHeld(change, state)) return `${name}: ${whatBecame(object)}`;
  if (hasTemplate(state, after) || (!put && hasTemplate(state, before))) return undefined;
  return `its pod template is not that of revision ${after.revision} any more; ${name} is still suspended`;
}

/** That the earlier template was not put in place. */
export function gaps({ after, put }: FluxRollbackChange): string[] {
  return put ? [] : [`the template of revision ${after.revision} was not put in place`];
}

/**
 * What is missing until Flux keeps the workload again. Which template that brings is for Flux: where somebody has mended it
 * meanwhile, it is not the one that was replaced.
 */
export function remains(change: FluxRollbackChange, state: WorkloadState): string[] {
  const { after, put, reconciler } = change;
  return [
    ...(reconcilerIn(change, state) === undefined ? [notToBeSeen(change)] : []),
    ...(isHeld(change, state) ? [`${describeReconciler(reconciler)} is still suspended`] : []),
    ...(put && hasTemplate(state, after) ? [`its pod template is still that of revision ${after.revision}`] : []),
    ...(state.kind.hasSeenSpec(state.workload) ? [] : ["its controller has not seen the newest spec yet"]),
  ];
}

/** It may also not have been read: what a diagnosis reads, the workload names. */
function notToBeSeen({ reconciler }: Suspension): string {
  return `${describeReconciler(reconciler)} is not to be seen`;
}

function isHeld(suspension: Suspension, state: WorkloadState): boolean {
  return is(isSuspendedFor, suspension, state);
}

/** Whether that holds of what the suspension is of, for the workload. */
function is(holds: typeof isSuspendedFor, suspension: Suspension, state: WorkloadState): boolean {
  const object = reconcilerIn(suspension, state);
  const { namespace = "", name = "" } = state.workload.metadata ?? {};
  return object !== undefined && holds(object, suspension, { kind: state.kind.kind, namespace, name });
}

function isSuspendedNow(suspension: Suspension, state: WorkloadState): boolean {
  const object = reconcilerIn(suspension, state);
  return object !== undefined && isSuspended(object);
}

function reconcilerIn({ reconciler }: Suspension, { others }: WorkloadState): FluxObject | undefined {
  return objectAt<FluxObject>(reconcilerRef(reconciler), others);
}

function hasTemplate({ workload }: WorkloadState, { template }: RevisionRef): boolean {
  return presentTemplate(workload) === template;
}
