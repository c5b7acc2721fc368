import { fieldsOf, isFields, type Fields } from "./fields.ts";

/** Applies a JSON merge patch (RFC 7386): null removes a field, and lists are replaced. */
export function mergePatch(current: Fields, patch: Fields): Fields {
  const merged = new Map(Object.entries(current));
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) merged.delete(name);
    else merged.set(name, isFields(value) ? mergePatch(fieldsOf(current[name]), value) : value);
  }
  return Object.fromEntries(merged);
}
