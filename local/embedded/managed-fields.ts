import { isDeepStrictEqual } from "node:util";
import type { ApiObject } from "./api-object.ts";
import { fieldsOf, isFields, type Fields } from "./api/fields.ts";
import { mergeKeyOf } from "./api/strategic-merge.ts";
import { apiTime } from "./clock.ts";
import { groupVersionOf, type Resource } from "./resources.ts";
import type { ObjectMeta } from "./types.ts";

type Entry = NonNullable<ObjectMeta["managedFields"]>[number];

/** Fields as managed fields write them: `f:NAME`, `k:{...}`, `v:VALUE`, and `.` for an element of a list itself. */
interface Tree {
  [part: string]: Tree;
}

/** Who writes to an object. */
export interface Writer {
  manager: string;
  operation: "Apply" | "Update";
  subresource?: string | undefined;
  /** What it applies; it owns these fields, and no others. */
  applied?: Fields;
}

/** Who writes here without coming through the API: above all, the controllers. */
const CONTROLLERS: Writer = { manager: "kube-controller-manager", operation: "Update" };

/** The metadata of an object whose status is written now. The fields of a status are not told one by one. */
export function withStatusTime(
  metadata: ObjectMeta | undefined,
  apiVersion: string,
  now: Date,
  { manager, operation }: Writer = CONTROLLERS,
): ObjectMeta {
  const entry = { manager, operation, apiVersion, subresource: "status", time: apiTime(now) };
  const others = (metadata?.managedFields ?? []).filter(({ subresource }) => subresource !== "status");
  return { ...metadata, managedFields: [...others, entry] };
}

/** The metadata of a custom object whose status is written now: of those, it is told which field is whose. */
export function withStatusWritten(
  metadata: ObjectMeta | undefined,
  resource: Resource,
  {
    before,
    status,
    now,
    writer = CONTROLLERS,
  }: { before: unknown; status: unknown; now: Date; writer?: Writer | undefined },
): ObjectMeta {
  const entries = metadata?.managedFields ?? [];
  const ofStatus = entries.filter(({ subresource }) => subresource === "status");
  const told = writtenFields(resource, ofStatus, {
    before: { status: before },
    there: { status },
    now,
    writer: { ...writer, subresource: "status" },
  });
  return { ...metadata, managedFields: [...entries.filter((entry) => !ofStatus.includes(entry)), ...told] };
}

/** Kinds of the core group that are read for their fields' writers. */
const CORE = ["ConfigMap", "Secret"];
const GROUPS = ["apps", "autoscaling", "discovery.k8s.io"];

/**
 * Of what is read for its fields' writers: workloads, what holds their revisions, what scales and configures them or sends to
 * them, and custom objects.
 */
export function tellsWriters({ group, kind, custom }: Resource): boolean {
  return custom !== undefined || GROUPS.includes(group) || (group === "" && CORE.includes(kind));
}

/**
 * The managed fields of an object after a write: a field is its who gave it another value last. Conflicts between those who
 * apply are not refused, as if all of them forced theirs.
 * Source: sigs.k8s.io/structured-merge-diff/merge; k8s.io/apimachinery pkg/util/managedfields/internal
 */
export function written(
  resource: Resource,
  { before, object, now, writer = CONTROLLERS }: { before?: ApiObject; object: ApiObject; now: Date; writer?: Writer },
): Entry[] {
  const entries = before?.metadata?.managedFields ?? [];
  const ofStatus = entries.filter((entry) => entry.subresource === "status");
  const others = entries.filter((entry) => !ofStatus.includes(entry));
  const told = { before: before === undefined ? {} : fieldsToTell(before), there: fieldsToTell(object), now, writer };
  return [...ofStatus, ...writtenFields(resource, others, told)];
}

/** The entries after a write to the fields that they tell of. */
function writtenFields(
  resource: Resource,
  entries: readonly Entry[],
  { before, there, now, writer }: { before: Fields; there: Fields; now: Date; writer: Writer },
): Entry[] {
  const { manager, operation, subresource, applied } = writer;
  const changed = difference(before, there);
  const isOwn = (entry: Entry) =>
    entry.manager === manager && entry.operation === operation && entry.subresource === subresource;
  const others = entries
    .filter((entry) => !isOwn(entry))
    .map((entry) => ({ ...entry, fieldsV1: without(kept(entry, there), changed) }))
    .filter((entry) => !isDeepStrictEqual(entry.fieldsV1, {}));
  const own = entries.find(isOwn);
  const earlier = own === undefined ? {} : kept(own, there);
  const fields = applied === undefined ? merged(earlier, changed) : treeOf(fieldsToTell(applied));
  if (Object.keys(fields).length === 0) return others;
  const isNew = own === undefined || Object.keys(changed).length > 0 || !isDeepStrictEqual(own.fieldsV1, fields);
  const time = isNew ? apiTime(now) : own.time;
  const apiVersion = groupVersionOf(resource);
  const place = subresource === undefined ? {} : { subresource };
  const entry: Entry = { manager, operation, apiVersion, fieldsType: "FieldsV1", fieldsV1: fields, ...place };
  return [...others, { ...entry, ...(time === undefined ? {} : { time }) }];
}

/**
 * The object without what a manager applied earlier, does not apply any more, and nobody else has written.
 * Source: kubernetes.io/docs/reference/using-api/server-side-apply, "Field management"
 */
export function withoutGivenUp(object: ApiObject, { manager, applied = {} }: Writer): ApiObject {
  const entries = object.metadata?.managedFields ?? [];
  const isOwn = (entry: Entry) => entry.manager === manager && entry.operation === "Apply" && !entry.subresource;
  const own = entries.find(isOwn);
  if (own === undefined) return object;
  const others = entries.filter((entry) => entry !== own).map(({ fieldsV1 }) => fieldsOf(fieldsV1) as Tree);
  const still = [treeOf(fieldsToTell(applied)), ...others];
  const left = structuredClone(object);
  removeFields(left, still.reduce(without, fieldsOf(own.fieldsV1) as Tree));
  return left;
}

/** Removes fields, with what is empty then. */
function removeFields(value: unknown, gone: Tree): void {
  for (const [part, inner] of Object.entries(gone)) {
    const name = part.slice(2);
    if (Array.isArray(value)) {
      const elements: unknown[] = value;
      const sought = JSON.parse(name) as unknown;
      const at = elements.findIndex((element) =>
        part.startsWith("k:") ? hasAll(element, fieldsOf(sought)) : isDeepStrictEqual(element, sought),
      );
      if (at < 0) continue;
      if ("." in inner || part.startsWith("v:")) elements.splice(at, 1);
      else removeFields(elements[at], inner);
    } else if (isFields(value)) {
      removeFields(value[name], inner);
      if (Object.keys(inner).length === 0 || isEmpty(value[name])) Reflect.deleteProperty(value, name);
    }
  }
}

function hasAll(element: unknown, keys: Fields): boolean {
  return Object.entries(keys).every(([key, value]) => isDeepStrictEqual(fieldsOf(element)[key], value));
}

function isEmpty(value: unknown): boolean {
  return (isFields(value) || Array.isArray(value)) && Object.keys(value).length === 0;
}

/** What is written by people and tools: neither what identifies an object, nor its status. */
function fieldsToTell(object: Fields): Fields {
  const { apiVersion: _apiVersion, kind: _kind, metadata, status: _status, ...rest } = object;
  const { labels, annotations, ownerReferences, finalizers } = fieldsOf(metadata);
  const told = Object.entries({ labels, annotations, ownerReferences, finalizers }).filter(
    ([, it]) => it !== undefined,
  );
  return { ...(told.length === 0 ? {} : { metadata: Object.fromEntries(told) }), ...rest };
}

function treeOf(value: unknown, list = ""): Tree {
  const parts = partsOf(value, list);
  if (parts === undefined) return {};
  return Object.fromEntries(
    parts.map(({ part, name, value: inner }) => [
      part,
      part.startsWith("k:") ? { ".": {}, ...treeOf(inner) } : treeOf(inner, name),
    ]),
  );
}

/** The fields of what there is now whose values are other than before. */
function difference(before: unknown, now: unknown, list = ""): Tree {
  const earlier = partsOf(before, list);
  return Object.fromEntries(
    (partsOf(now, list) ?? []).flatMap(({ part, name, value }) => {
      const same = earlier?.find((other) => other.part === part);
      if (same !== undefined && isDeepStrictEqual(same.value, value)) return [];
      const inner = partsOf(value, name);
      if (same === undefined || inner === undefined) {
        return [[part, part.startsWith("k:") ? { ".": {}, ...treeOf(value) } : treeOf(value, name)]];
      }
      const changed = difference(same.value, value, name);
      return Object.keys(changed).length === 0 ? [] : [[part, changed]];
    }),
  );
}

interface Part {
  part: string;
  name: string;
  value: unknown;
}

/** What a value consists of; undefined for one that is written as a whole. */
function partsOf(value: unknown, list: string): Part[] | undefined {
  if (isFields(value)) {
    const names = Object.keys(value);
    return names.length === 0 ? undefined : names.map((name) => ({ part: `f:${name}`, name, value: value[name] }));
  }
  if (!Array.isArray(value) || value.length === 0) return undefined;
  const elements: unknown[] = value;
  if (list === "finalizers") {
    return elements.map((element) => ({ part: `v:${JSON.stringify(element)}`, name: "", value: element }));
  }
  if (!elements.every((element) => mergeKeyOf(list, element) !== undefined)) return undefined;
  return elements.map((element) => ({
    part: `k:${JSON.stringify(keysOf(list, fieldsOf(element)))}`,
    name: "",
    value: element,
  }));
}

/** What tells the elements of a list apart; a port, by its protocol as well. */
function keysOf(list: string, element: Fields): Fields {
  const key = mergeKeyOf(list, element) ?? "";
  const protocol = key === "containerPort" ? { protocol: element["protocol"] ?? "TCP" } : {};
  return { [key]: element[key], ...protocol };
}

/** The fields of an entry that are still there. */
function kept({ fieldsV1 }: Entry, there: Fields): Tree {
  return common(fieldsOf(fieldsV1) as Tree, treeOf(there));
}

function common(tree: Tree, there: Tree): Tree {
  return Object.fromEntries(
    Object.entries(tree).flatMap(([part, inner]) => {
      const same = there[part];
      if (same === undefined) return [];
      if (Object.keys(same).length === 0) return [[part, {}]];
      const left = common(inner, same);
      // Nothing is left of what was owned below it.
      return Object.keys(inner).length > 0 && Object.keys(left).length === 0 ? [] : [[part, left]];
    }),
  );
}

function without(tree: Tree, taken: Tree): Tree {
  return Object.fromEntries(
    Object.entries(tree).flatMap(([part, inner]) => {
      const theirs = taken[part];
      if (theirs === undefined) return [[part, inner]];
      const left = without(inner, theirs);
      return Object.keys(theirs).length === 0 || Object.keys(left).length === 0 ? [] : [[part, left]];
    }),
  );
}

function merged(tree: Tree, more: Tree): Tree {
  const both = Object.entries(more).map(([part, inner]) => [part, merged(tree[part] ?? {}, inner)] as const);
  return { ...tree, ...Object.fromEntries(both) };
}
