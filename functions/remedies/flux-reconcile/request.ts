import { conditionOf, type FluxObject } from "../../facts/flux.ts";
import type { FluxReconcilePlan } from "./contract.ts";

/**
 * By this annotation a reconciler is asked to reconcile now: its controller does so when the value is another one than that which it has
 * handled last, and says in its status which one it has handled.
 * Source: fluxcd/pkg apis/meta, ReconcileRequestAnnotation and ReconcileRequestStatus
 */
export const REQUESTED_ANNOTATION = "reconcile.fluxcd.io/requestedAt";

/** What is asked for, and known by. */
type Asked = Pick<FluxReconcilePlan, "source">;

/** Whether exactly that was asked for already, handled or not. */
export function isAsked(object: FluxObject, { source }: Asked): boolean {
  return requestOn(object) === source.since || object.status?.lastHandledReconcileAt === source.since;
}

/** Whether that was handled, or what somebody else has asked for since. */
export function isHandled(object: FluxObject, { source }: Asked): boolean {
  const { lastHandledReconcileAt: handled } = object.status ?? {};
  return handled !== undefined && (handled === source.since || handled === requestOn(object));
}

/**
 * Why asking would bring nothing: it is at work already, somebody has asked and is not answered yet, or it cannot go on before something
 * else is mended.
 */
export function isNotToBeAsked(object: FluxObject): boolean {
  const reconciling = conditionOf(object, "Reconciling");
  const isAtWork = reconciling?.status === "True" && reconciling.reason !== "ProgressingWithRetry";
  const request = requestOn(object);
  const isWaitedFor = request !== undefined && request !== object.status?.lastHandledReconcileAt;
  // Source: kustomize-controller and helm-controller, checkDependencies: tried again by themselves, as often as asking would.
  const waitsForOthers = conditionOf(object, "Ready")?.reason === "DependencyNotReady";
  return isAtWork || isWaitedFor || waitsForOthers || conditionOf(object, "Stalled")?.status === "True";
}

function requestOn({ metadata }: FluxObject): string | undefined {
  return metadata?.annotations?.[REQUESTED_ANNOTATION];
}
