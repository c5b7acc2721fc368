import { conditionOf, describeReconciler, reconcilerRef, whyNotReady, type FluxObject } from "../../facts/flux.ts";
import { isSuspended } from "../../facts/flux-suspension.ts";
import type { WorkloadState } from "../../facts/state.ts";
import { objectAt } from "../../shared/object-ref.ts";
import { bounded } from "../../shared/text.ts";
import type { FluxReconcileChange, FluxReconcilePlan } from "./contract.ts";
import { isAsked, isHandled } from "./request.ts";

/**
 * For which reasons what was attempted last is not in place, however its objects fare. An upgrade of Helm that failed may be, and waits
 * for other workloads. Sources: kustomize-controller, KustomizationReconciler.reconcile; helm-controller api/v2, condition_types.go
 */
const IN_VAIN = ["BuildFailed", "ReconciliationFailed", "RollbackSucceeded", "UninstallSucceeded"];

/** The request, where it is there, or was handled. */
export function seen(
  { action: kind, ...parts }: FluxReconcilePlan,
  state: WorkloadState,
): FluxReconcileChange | undefined {
  const change = { kind, ...parts };
  const object = reconcilerIn(change, state);
  return object !== undefined && isAsked(object, change) ? change : undefined;
}

/** That nothing more can be seen of it: the reconciler is gone, or somebody has it in hand. */
export function overtaken(change: FluxReconcileChange, state: WorkloadState): string | undefined {
  const name = describeReconciler(change.reconciler);
  const object = reconcilerIn(change, state);
  if (object === undefined) return `${name} is not to be seen, or is another one by now`;
  return isSuspended(object) ? `${name} was suspended meanwhile` : undefined;
}

/**
 * What is missing until Flux has come to what it was asked for. That it has handled a request, a controller says at the end of its
 * reconciliation, which may wait for the health of other workloads: that it has begun with what its source holds is enough, unless it
 * says that nothing came of that.
 */
export function gaps(change: FluxReconcileChange, state: WorkloadState): string[] {
  const { reconciler, source } = change;
  const name = describeReconciler(reconciler);
  const object = reconcilerIn(change, state);
  if (object === undefined) return [];
  const why = whyNotReady(object);
  const { lastAttemptedRevision: attempted = "" } = object.status ?? {};
  if (attempted !== reconciler.revision) {
    if (why === undefined || !IN_VAIN.includes(conditionOf(object, "Ready")?.reason ?? "")) return [];
    return [`${name} has attempted ${bounded(attempted)}, and it is not in place (${why})`];
  }
  if (!isHandled(object, change)) return [`${name} has not come to what it was asked for`];
  return [
    `${name} was asked, and has not put ${bounded(source.revision)} in place${why === undefined ? "" : ` (${why})`}`,
  ];
}

/** The reconciler that was asked; undefined where it is gone, or another has its name. */
function reconcilerIn({ reconciler }: FluxReconcileChange, { others }: WorkloadState): FluxObject | undefined {
  const found = objectAt<FluxObject>(reconcilerRef(reconciler), others);
  return found?.metadata?.uid === reconciler.uid ? found : undefined;
}
