import { DEPLOYMENTS, REPLICA_SETS } from "../kinds.ts";
import { selects } from "../label-selector.ts";
import type { Change, Store } from "../store.ts";
import type { Deployment, ReplicaSet } from "../types.ts";
import { isBeingDeleted, keyOf } from "./controller.ts";
import { controllerOf, controllerReference } from "./owner.ts";

/**
 * A Deployment takes the ReplicaSets that match its selector and that nothing controls for its own, whoever made them.
 * Source: kubernetes pkg/controller/controller_ref_manager.go, ReplicaSetControllerRefManager
 */
export function adopt(store: Store, deployment: Deployment): void {
  const orphans = store.list<ReplicaSet>(REPLICA_SETS, deployment.metadata?.namespace, (replicaSet) =>
    isOrphanOf(replicaSet, deployment),
  );
  for (const { metadata } of orphans) {
    store.change<ReplicaSet>(REPLICA_SETS, metadata ?? {}, (replicaSet) => {
      const references = replicaSet.metadata?.ownerReferences ?? [];
      replicaSet.metadata = {
        ...replicaSet.metadata,
        ownerReferences: [...references, controllerReference(deployment)],
      };
    });
  }
}

/** The Deployments that would adopt a ReplicaSet that has changed. */
export function adopters(store: Store, { type, resource, object }: Change): string[] {
  if (resource !== REPLICA_SETS || type === "DELETED" || controllerOf(object.metadata) !== undefined) return [];
  return store
    .list<Deployment>(DEPLOYMENTS, object.metadata?.namespace, (deployment) => isOrphanOf(object, deployment))
    .map(({ metadata }) => keyOf(metadata));
}

function isOrphanOf(replicaSet: Pick<ReplicaSet, "metadata">, deployment: Deployment): boolean {
  return (
    controllerOf(replicaSet.metadata) === undefined &&
    !isBeingDeleted(replicaSet) &&
    selects(deployment.spec?.selector, replicaSet.metadata?.labels)
  );
}
