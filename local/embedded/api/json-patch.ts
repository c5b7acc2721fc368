import jsonPatch, { type Operation } from "fast-json-patch";
import { badRequest } from "../api-error.ts";
import type { Fields } from "./fields.ts";
import { unappliedPatch } from "./status.ts";

/**
 * Applies a JSON patch (RFC 6902), all of it or none.
 * @throws ApiError Invalid (422) when an operation does not fit the object; BadRequest for what is no list of operations
 */
export function applyJsonPatch(current: Fields, patch: unknown): Fields {
  if (!Array.isArray(patch)) throw badRequest("error decoding patch: a JSON patch is a list of operations");
  try {
    return (patch as Operation[]).reduce<Fields>(
      (object, operation) =>
        testsForNothing(object, operation) ? object : jsonPatch.applyOperation(object, operation, true).newDocument,
      structuredClone(current),
    );
  } catch {
    throw unappliedPatch();
  }
}

/** Whether an operation tests that a field is null, and there is no such field: the API server's library agrees. */
function testsForNothing(object: Fields, operation: Operation): boolean {
  if (operation.op !== "test" || operation.value !== null) return false;
  return jsonPatch.getValueByPointer(object, operation.path) === undefined;
}
