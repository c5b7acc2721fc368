import { createHash } from "node:crypto";
import type { ObjectMeta, OwnerReference, PodTemplate } from "../types.ts";
import type { ApiObject } from "../api-object.ts";

/** The reference that an object carries to its controller. */
export function controllerReference(owner: ApiObject): OwnerReference {
  return {
    apiVersion: owner.apiVersion ?? "",
    kind: owner.kind ?? "",
    name: owner.metadata?.name ?? "",
    uid: owner.metadata?.uid ?? "",
    controller: true,
    blockOwnerDeletion: true,
  };
}

/** The owner that controls an object: it has one at most. Source: k8s.io/apimachinery/pkg/apis/meta/v1/controller_ref.go */
export function controllerOf(metadata: ObjectMeta | undefined): OwnerReference | undefined {
  return metadata?.ownerReferences?.find(({ controller }) => controller === true);
}

/** Whether an object is controlled by that owner: the same object, not only the same name. */
export function isControlledBy(metadata: ObjectMeta | undefined, owner: ObjectMeta | undefined): boolean {
  const controller = controllerOf(metadata);
  return controller !== undefined && controller.uid === owner?.uid;
}

/** The alphabet of generated names, without vowels and look-alikes. Source: k8s.io/apimachinery/pkg/util/rand */
const SAFE_LETTERS = "bcdfghjklmnpqrstvwxz2456789";

/** The part of a name that tells one pod template from another. */
export function templateHash(template: PodTemplate, collisions = 0): string {
  const digest = createHash("sha256")
    .update(`${stable(template)}${collisions}`)
    .digest();
  const number = String(digest.readUInt32BE());
  return Array.from(number, (digit) => SAFE_LETTERS[digit.charCodeAt(0) % SAFE_LETTERS.length]).join("");
}

/** JSON with its keys in order, equal for equal values. */
export function stable(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) =>
    typeof item === "object" && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );
}
