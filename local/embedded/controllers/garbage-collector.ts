import type { ObjectMeta, OwnerReference } from "../types.ts";
import { groupVersionOf, type Resource } from "../resources.ts";
import type { Change, Store } from "../store.ts";
import type { ApiObject } from "../api-object.ts";
import { isBeingDeleted, type Controller } from "./controller.ts";

const FOREGROUND = "foregroundDeletion";

interface Place {
  resource: Resource;
  namespace: string | undefined;
  name: string;
}

/**
 * Deletes what belongs to objects that are gone, and, where the deletion is in the foreground, to objects that are on
 * their way out. Its keys are the UIDs of objects.
 */
export function garbageCollector(store: Store): Controller {
  const places = new Map<string, Place>();
  const dependents = new Map<string, Set<string>>();

  const see = ({ type, resource, object: { metadata } }: Change) => {
    const uid = metadata?.uid ?? "";
    for (const owner of metadata?.ownerReferences ?? []) {
      const set = dependents.get(owner.uid) ?? new Set();
      if (type === "DELETED") set.delete(uid);
      else set.add(uid);
      dependents.set(owner.uid, set);
    }
    if (type === "DELETED") places.delete(uid);
    else places.set(uid, { resource, namespace: metadata?.namespace, name: metadata?.name ?? "" });
  };

  const find = (uid: string): { place: Place; object: ApiObject } | undefined => {
    const place = places.get(uid);
    const object = place && store.find(place.resource, place.namespace, place.name);
    return place !== undefined && object?.metadata?.uid === uid ? { place, object } : undefined;
  };

  const collect = (uid: string): void => {
    const found = find(uid);
    if (found === undefined) return;
    const { place, object } = found;
    if (isOrphan(store, object, places)) remove(store, place, object);
    else if (isBeingDeleted(object) && object.metadata?.finalizers?.includes(FOREGROUND) === true) {
      const own = [...(dependents.get(uid) ?? [])].map(find).filter((one) => one !== undefined);
      for (const dependent of own) remove(store, dependent.place, dependent.object, "Foreground");
      if (!own.some((dependent) => blocks(dependent.object.metadata, uid))) letGo(store, place);
    }
  };

  return {
    concernedBy: (change) => {
      see(change);
      const uid = change.object.metadata?.uid ?? "";
      const owners = (change.object.metadata?.ownerReferences ?? []).map((owner) => owner.uid);
      if (change.type === "DELETED") {
        const left = [...(dependents.get(uid) ?? [])];
        dependents.delete(uid);
        return [...left, ...owners];
      }
      return owners.length > 0 || isBeingDeleted(change.object) ? [uid] : [];
    },
    reconcile: (uid) => {
      collect(uid);
      return undefined;
    },
  };
}

/**
 * Whether an object has owners, and all of them are gone. Of one whose kind is not known, by its name and API version,
 * nobody can tell.
 */
function isOrphan(store: Store, { metadata }: ApiObject, places: ReadonlyMap<string, Place>): boolean {
  const isKnown = ({ apiVersion, kind }: OwnerReference) =>
    store.resources.some((resource) => resource.kind === kind && groupVersionOf(resource) === apiVersion);
  const owners = metadata?.ownerReferences ?? [];
  return owners.length > 0 && owners.every((owner) => isKnown(owner) && !places.has(owner.uid));
}

function blocks(metadata: ObjectMeta | undefined, owner: string): boolean {
  return metadata?.ownerReferences?.some(({ uid, blockOwnerDeletion }) => uid === owner && blockOwnerDeletion) === true;
}

function remove(
  store: Store,
  { resource, namespace, name }: Place,
  object: ApiObject,
  propagationPolicy?: string,
): void {
  if (isBeingDeleted(object)) return;
  // Nothing belongs to a pod.
  const policy = object.kind === "Pod" ? undefined : propagationPolicy;
  store.delete(resource, namespace, name, policy === undefined ? {} : { propagationPolicy: policy });
}

function letGo(store: Store, { resource, namespace, name }: Place): void {
  store.change(resource, { namespace, name }, ({ metadata = {} }) => {
    metadata.finalizers = (metadata.finalizers ?? []).filter((finalizer) => finalizer !== FOREGROUND);
  });
}
