import type { ApiObject } from "./api-object.ts";
import { randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type { ObjectMeta } from "./types.ts";
import { alreadyExists, ApiError, conflict, invalid, notFound, otherUid } from "./api-error.ts";
import { apiTime, type Clock } from "./clock.ts";
import { copyOf } from "./copy.ts";
import { customResource } from "./custom/definition.ts";
import { DEFINITIONS } from "./kinds.ts";
import { tellsWriters, withStatusTime, withStatusWritten, written, type Writer } from "./managed-fields.ts";
import { nameProblem } from "./names.ts";
import { groupVersionOf, RESOURCES, type Resource } from "./resources.ts";

export interface Change {
  type: "ADDED" | "MODIFIED" | "DELETED";
  resource: Resource;
  object: ApiObject;
}

export interface WriteOptions {
  /** Checks everything, and keeps nothing. */
  dryRun?: boolean;
  /** Writes the status alone; otherwise the status is left as it is. */
  status?: boolean;
  /** Who writes; a controller, where it is not said. */
  writer?: Writer | undefined;
}

export interface DeleteOptions {
  dryRun?: boolean;
  preconditions?: { uid?: string; resourceVersion?: string };
  /** For pods; by default what their spec says. 0 removes it at once. */
  gracePeriodSeconds?: number;
  /** `Foreground` keeps the object until its dependents are gone. */
  propagationPolicy?: string;
}

/** What runs before an object is kept, and may change or refuse it (with an `ApiError`). */
export type Admission = (
  resource: Resource,
  object: ApiObject,
  operation: "create" | "update",
  previous: ApiObject | undefined,
) => void;

const DEFAULT_GRACE_SECONDS = 30;

/**
 * The objects of an embedded cluster, with the rules that etcd and the API server's registry have for them: resource
 * versions, generations, preconditions, finalizers and graceful deletion. What is given out is a copy.
 */
export class Store {
  readonly clock: Clock;
  readonly #objects = new Map<string, Map<string, ApiObject>>();
  readonly #listeners = new Set<(change: Change) => void>();
  readonly #admissions: Admission[] = [];
  #version = 1;
  #resources: readonly Resource[] | undefined;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** The newest resource version, which a list carries. */
  get version(): string {
    return String(this.#version);
  }

  /** What is served now: the built-in resources, and those that CustomResourceDefinitions bring. */
  get resources(): readonly Resource[] {
    this.#resources ??= [
      ...RESOURCES,
      ...this.list(DEFINITIONS).flatMap((definition) => customResource(definition) ?? []),
    ];
    return this.#resources;
  }

  /** Calls back after every change, in order; the answer ends that. */
  onChange(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  addAdmission(admission: Admission): void {
    this.#admissions.push(admission);
  }

  /** @throws ApiError NotFound */
  get<T extends ApiObject>(resource: Resource, namespace: string | undefined, name: string): T {
    const found = this.find<T>(resource, namespace, name);
    if (found === undefined) throw notFound(resource, name);
    return found;
  }

  find<T extends ApiObject>(resource: Resource, namespace: string | undefined, name: string): T | undefined {
    const found = this.#collection(resource).get(keyOf(resource, namespace, name));
    return found === undefined ? undefined : (copyOf(found) as T);
  }

  /**
   * Every object of a namespace, or without one of the cluster, in the order of namespaces and names.
   * @param where leaves objects out before they are copied; it must not change what it sees
   */
  list<T extends ApiObject>(resource: Resource, namespace?: string, where: (object: T) => boolean = () => true): T[] {
    return [...this.#collection(resource)]
      .filter(([, object]) => namespace === undefined || object.metadata?.namespace === namespace)
      .filter(([, object]) => where(object as T))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, object]) => copyOf(object) as T);
  }

  /** @throws ApiError AlreadyExists, Invalid, NotFound (its namespace), or what an admission refuses with */
  create<T extends ApiObject>(resource: Resource, given: T, { dryRun = false, writer }: WriteOptions = {}): T {
    const object = copyOf(given);
    const metadata: ObjectMeta = { ...object.metadata };
    object.metadata = metadata;
    if (metadata.name === undefined && metadata.generateName !== undefined) {
      metadata.name = `${metadata.generateName}${randomSuffix()}`;
    }
    const name = metadata.name ?? "";
    const problem = nameProblem(name);
    if (problem !== undefined) throw invalid(resource, name, [problem]);
    object.apiVersion = groupVersionOf(resource);
    object.kind = resource.kind;
    if (this.#collection(resource).has(keyOf(resource, metadata.namespace, name))) throw alreadyExists(resource, name);
    metadata.uid = randomUUID();
    metadata.creationTimestamp = apiTime(this.clock.now());
    delete metadata.deletionTimestamp;
    if (resource.generation) metadata.generation = 1;
    this.#admit(resource, object, "create", undefined);
    delete metadata.managedFields;
    this.#sign(resource, object, undefined, writer);
    return this.#keep("ADDED", resource, object, dryRun);
  }

  /**
   * Replaces an object. One that carries a resource version must be the newest.
   * @throws ApiError NotFound, Conflict, Invalid, or what an admission refuses with
   */
  update<T extends ApiObject>(resource: Resource, given: T, options: WriteOptions = {}): T {
    const { dryRun = false, status = false, writer } = options;
    const name = given.metadata?.name ?? "";
    const previous = this.get(resource, given.metadata?.namespace, name);
    const { resourceVersion, uid } = given.metadata ?? {};
    if (resourceVersion !== undefined && !/^\d*$/.test(resourceVersion)) {
      throw new ApiError(500, "", `strconv.ParseUint: parsing "${resourceVersion}": invalid syntax`);
    }
    if (
      resourceVersion !== undefined &&
      resourceVersion !== "" &&
      resourceVersion !== previous.metadata?.resourceVersion
    ) {
      throw conflict(
        resource,
        name,
        "the object has been modified; please apply your changes to the latest version and try again",
      );
    }
    if (uid !== undefined && uid !== previous.metadata?.uid) {
      throw conflict(resource, name, otherUid(uid, previous.metadata?.uid ?? ""));
    }
    const object = this.#merged(resource, previous, copyOf(given), options);
    this.#admit(resource, object, "update", previous);
    if (!status) this.#sign(resource, object, previous, writer);
    if (resource.generation && !status && isNextGeneration(resource, object, previous)) {
      object.metadata = { ...object.metadata, generation: (previous.metadata?.generation ?? 0) + 1 };
    }
    if (isDeepStrictEqual(object, previous)) return copyOf(object) as T;
    if (isGone(object)) return this.#remove(resource, object, dryRun) as T;
    return this.#keep("MODIFIED", resource, object as T, dryRun);
  }

  /** Changes the newest state of an object; undefined when it is gone. What controllers do. */
  change<T extends ApiObject>(
    resource: Resource,
    { namespace, name }: { namespace?: string | undefined; name?: string | undefined },
    edit: (object: T) => void,
    options: WriteOptions = {},
  ): T | undefined {
    const object = this.find<T>(resource, namespace, name ?? "");
    if (object === undefined) return undefined;
    edit(object);
    return this.update(resource, object, options);
  }

  /**
   * Deletes an object: at once, or when its finalizers and (for pods) its grace period let it go.
   * @throws ApiError NotFound, or Conflict when a precondition does not hold
   */
  delete<T extends ApiObject>(
    resource: Resource,
    namespace: string | undefined,
    name: string,
    { dryRun = false, preconditions = {}, gracePeriodSeconds, propagationPolicy }: DeleteOptions = {},
  ): T {
    const object = this.get<T>(resource, namespace, name);
    const metadata: ObjectMeta = object.metadata ?? {};
    const failed = failedPrecondition(metadata, preconditions);
    // The API server names the kind here, not the resource.
    if (failed !== undefined) throw conflict({ plural: resource.kind, group: resource.group }, name, failed);
    if (propagationPolicy === "Foreground" && metadata.finalizers?.includes("foregroundDeletion") !== true) {
      metadata.finalizers = [...(metadata.finalizers ?? []), "foregroundDeletion"];
    }
    const grace = resource.kind === "Pod" ? graceOf(object, gracePeriodSeconds) : 0;
    const due = apiTime(new Date(this.clock.now().getTime() + grace * 1_000));
    const ends = grace === 0 && finalizersOf(object).length === 0;
    // All but pods go without a word about their end.
    if (ends && resource.kind !== "Pod") return this.#remove(resource, object, dryRun);
    if (!ends && metadata.deletionTimestamp !== undefined && metadata.deletionTimestamp <= due) return object;
    // The beginning of a deletion counts as a change of the spec.
    const begun = metadata.deletionTimestamp === undefined && metadata.generation !== undefined;
    object.metadata = {
      ...metadata,
      ...(begun ? { generation: (metadata.generation ?? 0) + 1 } : {}),
      deletionTimestamp: due,
      ...(resource.kind === "Namespace" ? {} : { deletionGracePeriodSeconds: grace }),
    };
    if (resource.kind === "Namespace") object.status = { ...(object.status as object), phase: "Terminating" };
    if (ends) return this.#remove(resource, object, dryRun);
    return this.#keep("MODIFIED", resource, object, dryRun);
  }

  #collection(resource: Resource): Map<string, ApiObject> {
    const key = `${resource.group}/${resource.plural}`;
    let collection = this.#objects.get(key);
    if (collection === undefined) {
      collection = new Map();
      this.#objects.set(key, collection);
    }
    return collection;
  }

  #admit(resource: Resource, object: ApiObject, operation: "create" | "update", previous: ApiObject | undefined): void {
    for (const admission of this.#admissions) admission(resource, object, operation, previous);
  }

  /** What a write may change: the status and the metadata, or everything but the status; never what identifies the object. */
  #merged(resource: Resource, previous: ApiObject, given: ApiObject, { status, writer }: WriteOptions): ApiObject {
    const { uid, creationTimestamp, generation, deletionTimestamp, deletionGracePeriodSeconds, managedFields } =
      previous.metadata ?? {};
    const kept = {
      uid,
      creationTimestamp,
      generation,
      deletionTimestamp,
      deletionGracePeriodSeconds,
      managedFields,
      resourceVersion: previous.metadata?.resourceVersion,
    };
    const metadata = Object.fromEntries(
      Object.entries({ ...given.metadata, ...kept }).filter(([, value]) => value !== undefined),
    ) as ObjectMeta;
    if (status === true) {
      // Of a custom object, nothing else is written with the status.
      const written = resource.custom === undefined ? metadata : { ...previous.metadata };
      const now = this.clock.now();
      const change = { before: previous.status, status: given.status, now, writer };
      const marked = isDeepStrictEqual(given.status, previous.status)
        ? written
        : resource.custom === undefined
          ? withStatusTime(written, groupVersionOf(resource), now, writer)
          : withStatusWritten(written, resource, change);
      // Of a Deployment, the labels stay as well.
      const { labels } = previous.metadata ?? {};
      const updated = { ...previous, metadata: resource.kind === "Deployment" ? withLabels(marked, labels) : marked };
      return { ...updated, ...(given.status === undefined ? {} : { status: given.status }) };
    }
    const object: ApiObject = { ...given, apiVersion: previous.apiVersion ?? "", kind: previous.kind ?? "", metadata };
    if (resource.status) {
      if (previous.status === undefined) delete object.status;
      else object.status = previous.status;
    }
    return object;
  }

  /** Notes who wrote which field. */
  #sign(resource: Resource, object: ApiObject, before: ApiObject | undefined, writer: Writer | undefined): void {
    if (!tellsWriters(resource)) return;
    const now = this.clock.now();
    const managedFields = written(resource, {
      object,
      now,
      ...(before === undefined ? {} : { before }),
      ...(writer === undefined ? {} : { writer }),
    });
    object.metadata = { ...object.metadata, managedFields };
  }

  #keep<T extends ApiObject>(type: "ADDED" | "MODIFIED", resource: Resource, object: T, dryRun: boolean): T {
    const { namespace, name = "" } = object.metadata ?? {};
    const kept = copyOf(object);
    if (!dryRun) {
      kept.metadata = { ...kept.metadata, resourceVersion: String(++this.#version) };
      this.#collection(resource).set(keyOf(resource, namespace, name), kept);
      this.#tell({ type, resource, object: kept });
    }
    return copyOf(kept);
  }

  #remove<T extends ApiObject>(resource: Resource, object: T, dryRun: boolean): T {
    const { namespace, name = "" } = object.metadata ?? {};
    if (!dryRun) {
      this.#version++;
      this.#collection(resource).delete(keyOf(resource, namespace, name));
      const last = { ...object, metadata: { ...object.metadata, resourceVersion: String(this.#version) } };
      this.#tell({ type: "DELETED", resource, object: last });
      // The end of a pod's grace is a change of its own.
      if (resource.kind === "Pod") return structuredClone(last);
    }
    return copyOf(object);
  }

  #tell(change: Change): void {
    if (change.resource === DEFINITIONS) this.#resources = undefined;
    for (const listener of this.#listeners) listener({ ...change, object: copyOf(change.object) });
  }
}

/**
 * Whether a change is counted: of the spec, and of a Deployment's annotations; of a custom object, of anything but its
 * metadata, and a status that is no subresource is a part of it.
 * Source: kubernetes pkg/registry/apps/deployment; k8s.io/apiextensions-apiserver/pkg/registry/customresource/strategy.go
 */
function isNextGeneration({ custom }: Resource, object: ApiObject, previous: ApiObject): boolean {
  if (custom !== undefined) return !isDeepStrictEqual(withoutMetadata(object), withoutMetadata(previous));
  if (!isDeepStrictEqual(withoutNode(object), withoutNode(previous))) return true;
  const changed = !isDeepStrictEqual(object.metadata?.annotations, previous.metadata?.annotations);
  return object.kind === "Deployment" && changed;
}

/** What of a spec counts as a change of it. Which node a pod is given to does not. */
function withoutNode({ kind, spec }: ApiObject): unknown {
  return kind === "Pod" ? { ...(spec as object), nodeName: undefined } : spec;
}

function withoutMetadata({ metadata: _metadata, ...rest }: ApiObject): object {
  return rest;
}

function withLabels({ labels: _labels, ...metadata }: ObjectMeta, labels: ObjectMeta["labels"]): ObjectMeta {
  return labels === undefined ? metadata : { ...metadata, labels };
}

function keyOf({ namespaced }: Resource, namespace: string | undefined, name: string): string {
  return namespaced ? `${namespace ?? ""}/${name}` : name;
}

/** An object that is being deleted, and that nothing keeps any more. */
function isGone(object: ApiObject): boolean {
  const { kind, metadata } = object;
  if (metadata?.deletionTimestamp === undefined || finalizersOf(object).length > 0) return false;
  // A pod stays until its kubelet has ended it.
  return kind !== "Pod" || metadata.deletionGracePeriodSeconds === 0;
}

/** What keeps the object; a namespace has finalizers in its spec as well. */
function finalizersOf({ kind, metadata, spec }: ApiObject): string[] {
  const ofSpec = kind === "Namespace" ? (spec as { finalizers?: string[] } | undefined)?.finalizers : undefined;
  return [...(metadata?.finalizers ?? []), ...(ofSpec ?? [])];
}

function graceOf(object: ApiObject, given: number | undefined): number {
  const spec = object.spec as { nodeName?: string; terminationGracePeriodSeconds?: number } | undefined;
  const phase = (object.status as { phase?: string } | undefined)?.phase;
  // Nothing runs that would have to be ended.
  if (spec?.nodeName === undefined || phase === "Failed" || phase === "Succeeded") return 0;
  return given ?? spec.terminationGracePeriodSeconds ?? DEFAULT_GRACE_SECONDS;
}

function failedPrecondition(
  { uid = "", resourceVersion = "" }: ObjectMeta,
  wanted: { uid?: string; resourceVersion?: string },
): string | undefined {
  if (wanted.uid !== undefined && wanted.uid !== uid) {
    return `the UID in the precondition (${wanted.uid}) does not match the UID in record (${uid}). The object might have been deleted and then recreated`;
  }
  if (wanted.resourceVersion !== undefined && wanted.resourceVersion !== resourceVersion) {
    return `the ResourceVersion in the precondition (${wanted.resourceVersion}) does not match the ResourceVersion in record (${resourceVersion}). The object might have been modified`;
  }
  return undefined;
}

/** The end of a generated name. Source: k8s.io/apimachinery/pkg/util/rand, which leaves vowels and look-alikes out */
export function randomSuffix(): string {
  const letters = "bcdfghjklmnpqrstvwxz2456789";
  return Array.from({ length: 5 }, () => letters[Math.floor(Math.random() * letters.length)]).join("");
}
