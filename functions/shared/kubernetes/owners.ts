import { groupField, isSameKind, type KindRef } from "./groups.ts";
import { canExist } from "./names.ts";
import type { ObjectMeta, Pod } from "./types.ts";

/** A controller as an owner reference names it. */
export interface Owner extends KindRef {
  name: string;
  uid: string;
}

/** The controller among an object's owners, if it has one. What cannot exist controls nothing. */
export function controllerOf(metadata: ObjectMeta | undefined): Owner | undefined {
  const reference = metadata?.ownerReferences?.find((owner) => owner.controller === true);
  if (reference === undefined) return undefined;
  const { apiVersion, kind, name, uid } = reference;
  const controller = { ...groupField(apiVersion), kind, name, uid };
  return canExist(controller) ? controller : undefined;
}

/** Whether that very object controls it, not another one of the same name. */
export function isControlledBy(metadata: ObjectMeta | undefined, owner: ObjectMeta | undefined): boolean {
  return metadata?.ownerReferences?.some((ref) => ref.controller === true && ref.uid === owner?.uid) === true;
}

/** Whether the pod belongs to a Job, which has its own rules for pods that end. */
export function isJobPod({ metadata }: Pod): boolean {
  const owners = metadata?.ownerReferences ?? [];
  return owners.some(({ apiVersion, kind }) => isSameKind({ kind, ...groupField(apiVersion) }, { kind: "Job" }));
}
