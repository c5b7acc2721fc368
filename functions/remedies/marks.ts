import type { JsonPatchOperation } from "../shared/cluster/cluster.ts";

/** The name of an annotation or a label in a JSON pointer. Source: RFC 6901, section 3; such names have no tilde */
export function escapedMark(name: string): string {
  return name.replaceAll("/", "~1");
}

/** Adds an annotation or a label to an object, be it the first that it has or not. */
export function addedMark(
  what: "annotations" | "labels",
  present: object | undefined,
  name: string,
  value: string,
): JsonPatchOperation {
  return present === undefined
    ? { op: "add", path: `/metadata/${what}`, value: { [name]: value } }
    : { op: "add", path: `/metadata/${what}/${escapedMark(name)}`, value };
}
