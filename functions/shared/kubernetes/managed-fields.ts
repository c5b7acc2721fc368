import { isDeepStrictEqual } from "node:util";
import type { ObjectMeta } from "./types.ts";

/**
 * Which writer set which field of an object, as the API server keeps it. A writer chooses its own name (`fieldManager`, or
 * the first word of its user agent); the fields and the moment are the API server's.
 * Source: k8s.io/apimachinery pkg/apis/meta/v1, ManagedFieldsEntry; sigs.k8s.io/structured-merge-diff, fieldpath
 */
export interface FieldWriter {
  manager: string;
  /** When it last set a field of the object to another value; undefined when that is not told. Removing a field is not counted. */
  time: Date | undefined;
  /** What it set last, and nobody else since. */
  fields: FieldTree;
}

/** Fields as the API server writes them: `f:NAME` of an object, `k:{...}` and `v:VALUE` of a list, `.` the thing itself. */
export interface FieldTree {
  readonly [part: string]: FieldTree;
}

/** The writers of an object itself: who writes its status or its scale is left out. */
export function fieldWriters(metadata: ObjectMeta | undefined): FieldWriter[] {
  return (metadata?.managedFields ?? []).flatMap(({ manager, subresource, time, fieldsV1 }) =>
    manager === undefined || (subresource !== undefined && subresource !== "")
      ? []
      : [{ manager, time: momentOf(time), fields: treeOf(fieldsV1) }],
  );
}

/** Who writes an object's status. */
export function statusWriters(metadata: ObjectMeta | undefined): string[] {
  return (metadata?.managedFields ?? []).flatMap(({ manager, subresource }) =>
    manager !== undefined && subresource === "status" ? [manager] : [],
  );
}

/** What a writer set below a path of field names; undefined when it is nothing. */
export function setBelow(tree: FieldTree, path: readonly string[]): FieldTree | undefined {
  let below: FieldTree | undefined = tree;
  for (const name of path) below = below?.[`f:${name}`];
  return below;
}

/** Whether a writer of these fields set anything that is other than it was. */
export function setADifference(fields: FieldTree, now: unknown, then: unknown): boolean {
  if (now === undefined || isDeepStrictEqual(now, then)) return false;
  const parts = Object.keys(fields).filter((part) => part !== ".");
  // A value of its own, or a list that is always written as a whole.
  if (parts.length === 0) return "." in fields ? then === undefined : true;
  return parts.some((part) => setADifference(treeOf(fields[part]), partOf(now, part), partOf(then, part)));
}

/** The part of a value that one step of a field's path names. */
function partOf(value: unknown, part: string): unknown {
  const name = part.slice(2);
  if (part.startsWith("f:")) return isObject(value) ? value[name] : undefined;
  if (!Array.isArray(value)) return undefined;
  const elements: readonly unknown[] = value;
  const sought = parsed(name);
  if (part.startsWith("k:") && isObject(sought)) {
    return elements.find((element) => isObject(element) && hasKeys(element, sought));
  }
  return elements.find((element) => isDeepStrictEqual(element, sought));
}

/** A key that the API server fills in, as the protocol of a port, may be missing in what was written. */
function hasKeys(element: Record<string, unknown>, keys: Record<string, unknown>): boolean {
  return Object.entries(keys).every(([key, value]) => element[key] === undefined || element[key] === value);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function treeOf(fields: unknown): FieldTree {
  return isObject(fields) ? (fields as FieldTree) : {};
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function momentOf(time: string | undefined): Date | undefined {
  const moment = new Date(time ?? "");
  return Number.isFinite(moment.getTime()) ? moment : undefined;
}
