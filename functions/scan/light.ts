import type { ObjectMeta } from "../shared/kubernetes/types.ts";

/** Marks by which the workflow goes are short; what else stands in annotations may be as large as an object may be. */
const MAX_ANNOTATION = 256;

/** An object's metadata without what makes it large: who wrote which field, and long annotations. */
export function light(metadata: ObjectMeta | undefined): ObjectMeta {
  const { managedFields: _fields, annotations, ...rest } = metadata ?? {};
  if (annotations === undefined) return rest;
  const short = Object.entries(annotations).filter(([, value]) => value.length <= MAX_ANNOTATION);
  return { ...rest, annotations: Object.fromEntries(short) };
}
