import { badRequest } from "../api-error.ts";
import { isFields, type Fields } from "./fields.ts";
import { applyJsonPatch } from "./json-patch.ts";
import { mergePatch } from "./merge-patch.ts";
import { unknownPatchFormat, unsupportedMediaType } from "./status.ts";
import { strategicMerge } from "./strategic-merge.ts";

/** Server-side apply. It is taken for a strategic merge patch of what its manager has not given up: no conflict is refused. */
export const APPLY_PATCH = "application/apply-patch+yaml";

/**
 * The object with a patch applied.
 * @param type the media type, which says what kind of patch it is
 * @throws ApiError UnsupportedMediaType, BadRequest, or Invalid when a JSON patch does not fit the object
 */
export function patched(current: Fields, type: string, patch: unknown): Fields {
  if (type === "application/json-patch+json") return applyJsonPatch(current, patch);
  const merge = type === "application/merge-patch+json" ? mergePatch : strategicMerge;
  if (merge === strategicMerge && type !== "application/strategic-merge-patch+json" && type !== APPLY_PATCH) {
    throw unsupportedMediaType();
  }
  if (!isFields(patch)) throw badRequest("error decoding patch: it is not an object");
  return merge(current, patch);
}

/** What a custom object is patched with: its schema has no merge keys. */
const CUSTOM_PATCHES = ["application/json-patch+json", "application/merge-patch+json", APPLY_PATCH];

/** As `patched`, for an object of a CustomResourceDefinition; an apply is taken for a merge patch. */
export function patchedCustom(current: Fields, type: string, patch: unknown): Fields {
  if (!CUSTOM_PATCHES.includes(type)) throw unknownPatchFormat(CUSTOM_PATCHES);
  return patched(current, type === APPLY_PATCH ? "application/merge-patch+json" : type, patch);
}
