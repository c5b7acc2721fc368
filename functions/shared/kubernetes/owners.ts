import { canExist } from "./names.ts";
import type { ObjectMeta } from "./types.ts";

/** A controller as an owner reference names it. */
export interface Owner {
  kind: string;
  name: string;
  uid: string;
}

/** The controller among an object's owners, if it has one. What cannot exist controls nothing. */
export function controllerOf(metadata: ObjectMeta | undefined): Owner | undefined {
  const controller = metadata?.ownerReferences?.find((owner) => owner.controller === true);
  return controller !== undefined && canExist(controller) ? controller : undefined;
}

/** Whether that very object controls it, not another one of the same name. */
export function isControlledBy(metadata: ObjectMeta | undefined, owner: ObjectMeta | undefined): boolean {
  return metadata?.ownerReferences?.some((ref) => ref.controller === true && ref.uid === owner?.uid) === true;
}
