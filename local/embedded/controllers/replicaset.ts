import { isReady, isTerminating } from "../pod-facts.ts";
import type { Pod, ReplicaSet } from "../types.ts";
import { ApiError } from "../api-error.ts";
import { apiTime } from "../clock.ts";
import { PODS, REPLICA_SETS } from "../kinds.ts";
import type { Store } from "../store.ts";
import { controlledBy, fromKey, isBeingDeleted, ownKeys, type Controller } from "./controller.ts";
import { EventRecorder } from "./events.ts";
import { leastWorthFirst } from "./pod-ranking.ts";
import { createPod, deletePod, isActive, isAvailable, nextAvailableIn, podFromTemplate } from "./pods.ts";
import { conditionOf, withCondition, withoutCondition, withoutZeros, writeStatus } from "./status.ts";

/**
 * Keeps as many pods as a ReplicaSet asks for.
 * Source of the rules: kubernetes pkg/controller/replicaset
 */
export function replicaSetController(store: Store): Controller {
  const events = new EventRecorder(store, "replicaset-controller");
  return {
    concernedBy: (change) => ownKeys(change, REPLICA_SETS),
    reconcile: (key) => {
      const { namespace, name } = fromKey(key);
      const replicaSet = store.find<ReplicaSet>(REPLICA_SETS, namespace, name);
      if (replicaSet === undefined) return undefined;
      const refusal = isBeingDeleted(replicaSet) ? undefined : scale(store, events, replicaSet);
      const pods = controlledBy<Pod>(store, PODS, replicaSet);
      writeStatus(store, REPLICA_SETS, replicaSet, statusOf(replicaSet, pods, refusal, store.clock.now()));
      if (refusal !== undefined) throw refusal;
      return nextAvailableIn(pods.filter(isActive), replicaSet.spec?.minReadySeconds ?? 0, store.clock.now());
    },
  };
}

/** Creates the pods that are missing, or deletes those that are too many; answers with the API's refusal. */
function scale(store: Store, events: EventRecorder, replicaSet: ReplicaSet): ApiError | undefined {
  const active = controlledBy<Pod>(store, PODS, replicaSet).filter(isActive);
  const missing = (replicaSet.spec?.replicas ?? 1) - active.length;
  if (missing < 0) {
    for (const pod of leastWorthFirst(active).slice(0, -missing)) deletePod(store, events, replicaSet, pod);
    return undefined;
  }
  return createInBatches(missing, () => {
    const template = replicaSet.spec?.template ?? {};
    createPod(store, events, replicaSet, podFromTemplate(replicaSet, template));
  });
}

/**
 * Does something so many times, in batches that double: where the API refuses, it is not asked for everything.
 * Source: kubernetes pkg/controller/controller_utils.go, slowStartBatch
 */
export function createInBatches(times: number, create: () => void): ApiError | undefined {
  let remaining = times;
  for (let batch = 1; remaining > 0; batch *= 2) {
    let refusal: ApiError | undefined;
    for (let index = 0; index < Math.min(batch, remaining); index++) {
      try {
        create();
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        refusal ??= error;
      }
    }
    if (refusal !== undefined) return refusal;
    remaining -= batch;
  }
  return undefined;
}

function statusOf(replicaSet: ReplicaSet, pods: readonly Pod[], refusal: ApiError | undefined, now: Date): object {
  const { metadata, spec } = replicaSet;
  const active = pods.filter(isActive);
  const labels = Object.entries(spec?.template?.metadata?.labels ?? {});
  const conditions = conditionsOf(replicaSet, active.length, refusal, now);
  return {
    replicas: active.length,
    ...withoutZeros({
      fullyLabeledReplicas: active.filter((pod) =>
        labels.every(([label, value]) => pod.metadata?.labels?.[label] === value),
      ).length,
      readyReplicas: active.filter(isReady).length,
      availableReplicas: active.filter((pod) => isAvailable(pod, spec?.minReadySeconds, now)).length,
    }),
    terminatingReplicas: pods.filter(isTerminating).length,
    observedGeneration: metadata?.generation ?? 0,
    ...(conditions.length === 0 ? {} : { conditions }),
  };
}

/** A refusal stays as it was first said, until something succeeds. */
function conditionsOf({ spec, status }: ReplicaSet, active: number, refusal: ApiError | undefined, now: Date) {
  const conditions = status?.conditions ?? [];
  if (refusal === undefined) return withoutCondition(conditions, "ReplicaFailure");
  if (conditionOf(conditions, "ReplicaFailure") !== undefined) return conditions;
  const reason = active < (spec?.replicas ?? 1) ? "FailedCreate" : "FailedDelete";
  return withCondition(conditions, {
    type: "ReplicaFailure",
    status: "True",
    reason,
    message: refusal.message,
    lastTransitionTime: apiTime(now),
  });
}
