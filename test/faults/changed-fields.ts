import { isDeepStrictEqual } from "node:util";
import type { Snapshot } from "./snapshot.ts";

/** One field that somebody set or removed; a whole object where the path is empty. */
export interface ChangedField {
  /** `deployments/web`. */
  object: string;
  path: readonly string[];
  /** Undefined when it was removed. */
  value: unknown;
}

type Fields = Record<string, unknown>;

/** The fields in which two snapshots differ; a list counts as one field. */
export function changedFields(before: Snapshot, after: Snapshot): ChangedField[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names.flatMap((object) => fieldsOf(object, [], before[object], after[object]));
}

function fieldsOf(object: string, path: readonly string[], before: unknown, after: unknown): ChangedField[] {
  if (isDeepStrictEqual(before, after)) return [];
  if (!isFields(before) || !isFields(after)) return [{ object, path, value: after }];
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return keys.flatMap((key) => fieldsOf(object, [...path, key], before[key], after[key]));
}

/** A snapshot with those fields set. */
export function withFields(snapshot: Snapshot, fields: readonly ChangedField[]): Snapshot {
  const copy = structuredClone(snapshot) as Record<string, Fields>;
  for (const { object, path, value } of fields) setAt(copy, [object, ...path], structuredClone(value));
  return copy;
}

/** The fields that are not as they were set, as `deployments/web: spec.replicas`. */
export function lostFields(snapshot: Snapshot, fields: readonly ChangedField[]): string[] {
  return fields
    .filter(({ object, path, value }) => !isDeepStrictEqual(valueAt(snapshot, [object, ...path]), value))
    .map(({ object, path }) => (path.length === 0 ? object : `${object}: ${path.join(".")}`));
}

function setAt(holder: Fields, keys: readonly string[], value: unknown): void {
  const [key = "", ...rest] = keys;
  if (rest.length > 0) {
    if (!isFields(holder[key])) holder[key] = {};
    setAt(holder[key] as Fields, rest, value);
  } else if (value === undefined) Reflect.deleteProperty(holder, key);
  else holder[key] = value;
}

function valueAt(holder: unknown, [key, ...rest]: readonly string[]): unknown {
  if (key === undefined) return holder;
  return isFields(holder) ? valueAt(holder[key], rest) : undefined;
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
