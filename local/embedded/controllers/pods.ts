import type { ObjectMeta, Pod, PodTemplate } from "../types.ts";
import { isReady, isTerminating, readySince } from "../pod-facts.ts";
import { ApiError } from "../api-error.ts";
import { PODS } from "../kinds.ts";
import type { Store } from "../store.ts";
import type { ApiObject } from "../api-object.ts";
import type { EventRecorder } from "./events.ts";
import { controllerReference } from "./owner.ts";

/** A pod that is made from the template of its controller. */
export function podFromTemplate(owner: ApiObject, template: PodTemplate, name: { name?: string } = {}): Pod {
  const { labels, annotations, finalizers } = template.metadata ?? {};
  const metadata: ObjectMeta = {
    ...name,
    generateName: `${owner.metadata?.name ?? ""}-`,
    namespace: owner.metadata?.namespace ?? "",
    labels: { ...labels },
    ...(annotations === undefined ? {} : { annotations: { ...annotations } }),
    ...(finalizers === undefined ? {} : { finalizers: [...finalizers] }),
    ownerReferences: [controllerReference(owner)],
  };
  return {
    metadata,
    spec: structuredClone(template.spec ?? { containers: [] }),
    status: { phase: "Pending" },
  };
}

/**
 * Creates a pod, and says so in an Event about its controller.
 * @throws ApiError when it is refused; the Event says so, too
 */
export function createPod(store: Store, events: EventRecorder, owner: ApiObject, pod: Pod): void {
  try {
    const created = store.create(PODS, pod);
    events.normal(owner, "SuccessfulCreate", `Created pod: ${created.metadata?.name ?? ""}`);
  } catch (error) {
    if (error instanceof ApiError) events.warning(owner, "FailedCreate", `Error creating: ${error.message}`);
    throw error;
  }
}

/** Deletes a pod that is not on its way out already, and says so in an Event about its controller. */
export function deletePod(store: Store, events: EventRecorder, owner: ApiObject, pod: Pod): void {
  if (!removePod(store, pod)) return;
  events.normal(owner, "SuccessfulDelete", `Deleted pod: ${pod.metadata?.name ?? ""}`);
}

/** Deletes a pod; false when it is gone or on its way out already. */
export function removePod(store: Store, { metadata }: Pod): boolean {
  const { namespace, name = "" } = metadata ?? {};
  const newest = store.find<Pod>(PODS, namespace, name);
  if (newest === undefined || newest.metadata?.uid !== metadata?.uid || isTerminating(newest)) return false;
  store.delete(PODS, namespace, name);
  return true;
}

/** Whether the pod has run to its end. */
export function hasEnded({ status }: Pod): boolean {
  return status?.phase === "Succeeded" || status?.phase === "Failed";
}

/** Whether the pod still runs, or is to run. */
export function isActive(pod: Pod): boolean {
  return !hasEnded(pod) && !isTerminating(pod);
}

/** Whether the pod has been ready for so many seconds. */
export function isAvailable(pod: Pod, minReadySeconds = 0, now: Date): boolean {
  return isReady(pod) && availableIn(pod, minReadySeconds, now) <= 0;
}

/** After how many seconds a ready pod counts as available. */
export function availableIn(pod: Pod, minReadySeconds: number, now: Date): number {
  if (minReadySeconds === 0) return 0;
  return minReadySeconds - (now.getTime() - new Date(readySince(pod) ?? now).getTime()) / 1_000;
}

/** After how many seconds the next of these pods becomes available; undefined when none is about to. */
export function nextAvailableIn(pods: readonly Pod[], minReadySeconds: number, now: Date): number | undefined {
  const waits = pods
    .filter(isReady)
    .map((pod) => availableIn(pod, minReadySeconds, now))
    .filter((seconds) => seconds > 0);
  return waits.length === 0 ? undefined : Math.min(...waits);
}

/** Earlier objects first; those of the same second by name. */
export function byAge(a: ApiObject, b: ApiObject): number {
  const [first, second] = [a, b].map(({ metadata }) => `${metadata?.creationTimestamp ?? ""} ${metadata?.name ?? ""}`);
  return (first ?? "") < (second ?? "") ? -1 : 1;
}
