import { isDeepStrictEqual } from "node:util";
import { bounded } from "../text.ts";
import type { ObjectMeta } from "./types.ts";

/** How long the name of a field manager may be where people read it. The API server allows 128 characters. */
const MAX_MANAGER = 128;

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
  return writersThrough(metadata, [""]);
}

/** Those who write to an object through one of these subresources; through the object itself where that is empty. */
function writersThrough(metadata: ObjectMeta | undefined, subresources: readonly string[]): FieldWriter[] {
  return (metadata?.managedFields ?? []).flatMap(({ manager, subresource = "", time, fieldsV1 }) =>
    manager === undefined || !subresources.includes(subresource)
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

/** Who wrote last to a part of an object, as far as its managed fields tell. */
export interface LastWriter {
  /** The field manager: the name of a program, such as `kubectl-edit` or `helm`, not of a person. */
  manager: string;
  at: Date;
}

/**
 * Who wrote last to a field or to what is below it: the newest entry of the managed fields that owns any of it. Undefined
 * when no entry does, or none tells its time.
 * Source: kubernetes.io/docs/reference/using-api/server-side-apply, "Field management"
 *
 * @param path the names of the fields, such as `["spec", "template"]`
 */
export function lastWriter(metadata: ObjectMeta | undefined, path: readonly string[]): LastWriter | undefined {
  // `kubectl scale` and autoscalers set a workload's replicas through its scale.
  const through = path[0] === "status" ? ["", "status"] : ["", "scale"];
  const writers = writersThrough(metadata, through).flatMap(({ manager, time, fields }) =>
    time === undefined || setBelow(fields, path) === undefined
      ? []
      : [{ manager: bounded(manager, MAX_MANAGER), at: time }],
  );
  return writers.sort((a, b) => b.at.getTime() - a.at.getTime())[0];
}

/**
 * Who wrote last to a part of an object, in brackets, for the end of a sentence; nothing where that is not known.
 * @param after what was written by then does not count
 */
export function byWhom(metadata: ObjectMeta | undefined, path: readonly string[], after = new Date(0)): string {
  const writer = lastWriter(metadata, path);
  if (writer === undefined || writer.at <= after) return "";
  return ` (by its managed fields, last written by ${writer.manager} at ${writer.at.toISOString()})`;
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
