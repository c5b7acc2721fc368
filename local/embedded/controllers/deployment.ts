import type { Deployment } from "../types.ts";
import { DEPLOYMENTS, PODS, REPLICA_SETS } from "../kinds.ts";
import type { Change, Store } from "../store.ts";
import { adopt, adopters } from "./adoption.ts";
import { fromKey, isBeingDeleted, ownKeys, type Controller } from "./controller.ts";
import { Rollout } from "./deployment-rollout.ts";
import { pauseNoticed } from "./deployment-status.ts";
import { recreates, shrinkOld, sizeOf, sizeOfNew, sizesAfterScaling, wantedReplicas } from "./deployment-strategy.ts";
import { EventRecorder } from "./events.ts";

/**
 * Rolls Deployments out, by the sizes of their ReplicaSets.
 * Source of the rules: kubernetes pkg/controller/deployment
 */
export function deploymentController(store: Store): Controller {
  const events = new EventRecorder(store, "deployment-controller");
  return {
    concernedBy: (change) => [...ownKeys(change, DEPLOYMENTS), ...recreated(store, change), ...adopters(store, change)],
    reconcile: (key) => {
      const { namespace, name } = fromKey(key);
      const deployment = store.find<Deployment>(DEPLOYMENTS, namespace, name);
      if (deployment === undefined) return undefined;
      if (!isBeingDeleted(deployment)) adopt(store, deployment);
      return step(new Rollout(store, events, deployment), store.clock.now());
    },
  };
}

/** A Deployment that recreates its pods waits for the last one to go. */
function recreated(store: Store, { type, resource, object }: Change): string[] {
  const owner = object.metadata?.ownerReferences?.find(({ kind }) => kind === "ReplicaSet");
  if (type !== "DELETED" || resource !== PODS || owner === undefined) return [];
  const replicaSet = store.find(REPLICA_SETS, object.metadata?.namespace, owner.name);
  return replicaSet === undefined ? [] : ownKeys({ type, resource: REPLICA_SETS, object: replicaSet }, DEPLOYMENTS);
}

/** Takes the next step; answers after how many seconds the progress has to be looked at. */
function step(rollout: Rollout, now: Date): number | undefined {
  if (isBeingDeleted(rollout.deployment)) {
    rollout.writeCounts();
    return undefined;
  }
  const noticed = pauseNoticed(rollout.deployment, now);
  if (noticed !== undefined) rollout.change({ conditions: noticed });
  rollout.markFresh();
  if (rollout.deployment.spec?.paused === true || rollout.isScaled()) {
    scale(rollout);
    return undefined;
  }
  return recreates(rollout.deployment) ? recreate(rollout) : roll(rollout);
}

function scale(rollout: Rollout): void {
  for (const resize of sizesAfterScaling(rollout.deployment, rollout.fresh, rollout.old)) rollout.resize(resize);
  if (rollout.deployment.spec?.paused === true) rollout.cleanUp();
  rollout.writeCounts();
}

function roll(rollout: Rollout): number | undefined {
  const fresh = rollout.fresh ?? rollout.createFresh();
  const replicas = sizeOfNew(rollout.deployment, [...rollout.old, fresh], sizeOf(fresh));
  if (!rollout.resize({ replicaSet: fresh, replicas })) {
    const active = rollout.old.filter((replicaSet) => sizeOf(replicaSet) > 0);
    const smaller = shrinkOld(rollout.deployment, fresh, active);
    for (const resize of smaller) rollout.resize(resize);
    if (smaller.length === 0 && rollout.isComplete()) rollout.cleanUp();
  }
  return rollout.writeProgress();
}

function recreate(rollout: Rollout): number | undefined {
  const active = rollout.old.filter((replicaSet) => sizeOf(replicaSet) > 0);
  for (const replicaSet of active) rollout.resize({ replicaSet, replicas: 0 });
  if (active.length > 0 || rollout.oldPodsRun()) return rollout.writeProgress();
  const fresh = rollout.fresh ?? rollout.createFresh();
  rollout.resize({ replicaSet: fresh, replicas: wantedReplicas(rollout.deployment) });
  if (rollout.isComplete()) rollout.cleanUp();
  return rollout.writeProgress();
}
