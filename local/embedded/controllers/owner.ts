import { createHash } from "node:crypto";
import type { ObjectMeta, PodTemplate } from "../../../functions/shared/kubernetes/types.ts";
import type { ApiObject } from "../store.ts";

type OwnerReference = NonNullable<ObjectMeta["ownerReferences"]>[number];

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
