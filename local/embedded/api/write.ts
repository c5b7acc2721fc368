import { forbiddenField, immutable, invalidValue, required } from "../admission/problems.ts";
import { MUTABLE_OF_A_POD } from "../admission/validation.ts";
import { ApiError, badRequest, conflict, invalid, otherUid } from "../api-error.ts";
import { customResource } from "../custom/definition.ts";
import { unknownFields } from "../custom/schema.ts";
import { DEFINITIONS, PODS } from "../kinds.ts";
import { isSameResource, type Resource } from "../resources.ts";
import type { Store, WriteOptions } from "../store.ts";
import type { ApiObject } from "../api-object.ts";
import { withoutGivenUp } from "../managed-fields.ts";
import type { Fields } from "./fields.ts";
import { fieldAt, fieldsOf } from "./fields.ts";
import { APPLY_PATCH, patchedCustom, patched } from "./patch.ts";
import {
  deleteOptionsOf,
  invalidOption,
  isDryRun,
  mediaType,
  objectIn,
  parsedBody,
  writerOf,
  type Answer,
  type ApiRequest,
} from "./request.ts";
import type { Route } from "./route.ts";
import { methodNotAllowed, success } from "./status.ts";
import { listOf, selection } from "./read.ts";

/** Kinds whose deletion is answered with the object, not with a `Status`, also when it is gone at once. */
const ANSWERED_WITH_THE_OBJECT = ["Pod", "Namespace", "Service", "ServiceAccount", "ResourceQuota"];

/** Creates what the body holds. @throws ApiError BadRequest, Invalid, AlreadyExists, NotFound, Forbidden */
export function create(store: Store, route: Route, request: ApiRequest): Answer {
  const { resource, namespace } = route;
  if (resource.namespaced && namespace === undefined) throw methodNotAllowed();
  const object = placed(objectIn(request, resource), route);
  if ((object.metadata?.resourceVersion ?? "") !== "") {
    // An error without a reason becomes one of the server. Source: k8s.io/apiserver, pkg/registry/generic/registry
    throw new ApiError(500, "", "resourceVersion should not be set on objects to be created");
  }
  refuseUnknownFields(resource, object, request);
  return { status: 201, body: store.create(resource, object, writeOptions(route, request)) };
}

/**
 * Replaces an object by what the body holds; creates it, where its kind allows that.
 * @throws ApiError NotFound, Conflict, BadRequest, Invalid
 */
export function replace(store: Store, route: Route, request: ApiRequest): Answer {
  const { resource, namespace, name = "" } = route;
  const given = objectIn(request, resource);
  if (fieldAt(given, ["metadata", "name"]) === undefined) {
    throw badRequest(`the name of the object (${name} based on URL) was undeterminable: name must be provided`);
  }
  const object = placed(given, route);
  const { resourceVersion = "", uid } = object.metadata ?? {};
  const present = store.find(resource, namespace, name);
  if (present === undefined && resource.createOnUpdate) {
    // What was somebody's is not made anew; of a version that is given nobody asks.
    if (uid !== undefined) throw conflict(resource, name, otherUid(uid, ""));
    return { status: 201, body: store.create(resource, object, writeOptions(route, request)) };
  }
  const same = uid === undefined || uid === present?.metadata?.uid;
  if (present !== undefined && same && resourceVersion === "" && !resource.unconditionalUpdate) {
    throw unconditional(resource, name);
  }
  refuseUnknownFields(resource, object, request);
  if (present !== undefined) refuseToBind(resource, present, object);
  return { status: 200, body: store.update(resource, object, writeOptions(route, request)) };
}

/**
 * Where strictness is asked for, as kubectl does; of built-in kinds not every field is known.
 * @throws ApiError BadRequest, or Invalid for what a patch makes of an object
 */
function refuseUnknownFields({ kind, version, custom }: Resource, object: ApiObject, request: ApiRequest): void {
  const { query, method } = request;
  if (custom === undefined || query.get("fieldValidation") !== "Strict") return;
  const unknown = unknownFields(object, custom.schema).map((field) => `unknown field ${JSON.stringify(field)}`);
  if (unknown.length === 0) return;
  const why = `strict decoding error: ${unknown.join(", ")}`;
  if (method === "PATCH") {
    throw invalid({ kind: "", group: "" }, "", [invalidValue("patch", JSON.stringify(object), why)]);
  }
  throw badRequest(`${kind} in version "${version}" cannot be handled as a ${kind}: ${why}`);
}

/** Only its scheduler, which does not come through the API here, gives a pod its node. @throws ApiError Invalid */
function refuseToBind(resource: Resource, present: ApiObject, wanted: ApiObject): void {
  const node = ({ spec }: ApiObject) => fieldsOf(spec)["nodeName"];
  if (resource !== PODS || wanted.spec === undefined || node(present) === node(wanted)) return;
  throw invalid(resource, present.metadata?.name ?? "", [forbiddenField("spec", MUTABLE_OF_A_POD)]);
}

/** The API server names the resource here, not the kind. */
function unconditional({ group, plural }: Resource, name: string): ApiError {
  const problem = invalidValue("metadata.resourceVersion", 0, "must be specified for an update");
  return invalid({ group, kind: plural }, name, [problem]);
}

/** Patches an object. @throws ApiError NotFound, Conflict, BadRequest, Invalid, UnsupportedMediaType */
export function patch(store: Store, route: Route, request: ApiRequest): Answer {
  const { resource, namespace, name = "" } = route;
  const type = mediaType(request);
  if (type === APPLY_PATCH && (request.query.get("fieldManager") ?? "") === "") {
    throw invalidOption(request, required("fieldManager", "is required for apply patch"));
  }
  if (type === APPLY_PATCH && store.find(resource, namespace, name) === undefined) return create(store, route, request);
  const options = writeOptions(route, request);
  const present = store.get(resource, namespace, name);
  const current = type === APPLY_PATCH && options.writer ? withoutGivenUp(present, options.writer) : present;
  const change = resource.custom === undefined ? patched : patchedCustom;
  const wanted = change(current, type, parsedBody(request, "error decoding patch")) as ApiObject;
  if (wanted.metadata?.uid !== current.metadata?.uid) {
    const problem = immutable("metadata.uid", wanted.metadata?.uid ?? "");
    // It is checked as a part of the metadata, and once more.
    throw invalid(resource, name, [problem, problem]);
  }
  refuseUnknownFields(resource, wanted, request);
  refuseToBind(resource, current, wanted);
  return { status: 200, body: store.update(resource, placed(wanted, route), options) };
}

/** Deletes an object. @throws ApiError NotFound, Conflict, BadRequest, Forbidden */
export function remove(store: Store, { resource, namespace, name = "" }: Route, request: ApiRequest): Answer {
  const options = deleteOptionsOf(request);
  const object = store.delete(resource, namespace, name, options);
  if (resource === DEFINITIONS && options.dryRun !== true) removeAllOf(store, object);
  const stays = object.metadata?.deletionTimestamp !== undefined;
  if (stays || ANSWERED_WITH_THE_OBJECT.includes(resource.kind)) return { status: 200, body: object };
  const { group, plural } = resource;
  return { status: 200, body: success({ name, group, kind: plural, uid: object.metadata?.uid ?? "" }) };
}

/** Deletes what a definition has brought: nobody could reach it any more. */
function removeAllOf(store: Store, definition: ApiObject): void {
  const resource = customResource(definition);
  if (resource === undefined || store.resources.some((served) => isSameResource(served, resource))) return;
  for (const { metadata } of store.list(resource)) {
    store.change(resource, metadata ?? {}, (object) => {
      delete object.metadata?.finalizers;
    });
    if (store.find(resource, metadata?.namespace, metadata?.name ?? "") !== undefined) {
      store.delete(resource, metadata?.namespace, metadata?.name ?? "");
    }
  }
}

/** Deletes every object of a collection that the selectors leave. @throws ApiError BadRequest */
export function removeCollection(store: Store, route: Route, request: ApiRequest): Answer {
  const { resource, namespace } = route;
  if (resource.namespaced && namespace === undefined) throw methodNotAllowed();
  const options = deleteOptionsOf(request);
  const items = store
    .list(resource, namespace)
    .filter(selection(route, request))
    .map(({ metadata }) => store.delete(resource, namespace, metadata?.name ?? "", options));
  return { status: 200, body: listOf(resource, { items, version: store.version }) };
}

function writeOptions({ subresource }: Route, request: ApiRequest): WriteOptions {
  const writer = writerOf(request, subresource);
  const applies = request.method === "PATCH" && mediaType(request) === APPLY_PATCH;
  const applied = applies ? fieldsOf(parsedBody(request, "error decoding patch")) : undefined;
  return {
    dryRun: isDryRun(request),
    status: subresource === "status",
    writer: applied === undefined ? writer : { ...writer, operation: "Apply", applied },
  };
}

/**
 * The object with the namespace and name of the path.
 * @throws ApiError BadRequest for an object that says another one
 */
function placed(object: Fields, { namespace, name }: Route): ApiObject {
  const metadata = fieldsOf(object["metadata"]) as NonNullable<ApiObject["metadata"]>;
  if (name !== undefined && metadata.name !== undefined && metadata.name !== name) {
    throw badRequest(`the name of the object (${metadata.name}) does not match the name on the URL (${name})`);
  }
  if (namespace !== undefined && ![undefined, "", namespace].includes(metadata.namespace)) {
    throw badRequest("the namespace of the provided object does not match the namespace sent on the request");
  }
  const place = {
    ...(namespace === undefined ? {} : { namespace }),
    ...(name === undefined ? {} : { name }),
  };
  return { ...object, metadata: { ...metadata, ...place } };
}
