import { ApiError, badRequest } from "../api-error.ts";
import { groupVersionOf, type Resource } from "../resources.ts";
import type { Store } from "../store.ts";
import type { ApiObject } from "../api-object.ts";
import { parseFieldSelector } from "./field-selector.ts";
import { parseLabelSelector } from "./label-selector.ts";
import { listMetadata, type Page, type Pages } from "./pages.ts";
import { numberIn, type Answer, type ApiRequest } from "./request.ts";
import type { Route } from "./route.ts";
import { failure } from "./status.ts";
import { asksFor, metadataOf, tableOf } from "./table.ts";
import type { WatchCache } from "./watch-cache.ts";

/** Reads one object. @throws ApiError NotFound, BadRequest, an error 500 for a version that is none */
export function get(store: Store, { resource, namespace, name = "" }: Route, request: ApiRequest): Answer {
  checkNumber(request);
  const object = store.get(resource, namespace, name);
  if (asksFor(request, "PartialObjectMetadata")) return { status: 200, body: metadataOf(object) };
  if (!asksFor(request, "Table")) return { status: 200, body: object };
  const version = object.metadata?.resourceVersion ?? "";
  return { status: 200, body: tableOf(resource, { items: [object], version }, request, store.clock.now()) };
}

/**
 * Lists a collection, all of it or page by page, as objects or as a Table.
 * @throws ApiError BadRequest, Expired (410) for a continue token that is too old, Timeout for a version to come
 */
export function list(store: Store, pages: Pages, route: Route, request: ApiRequest): Answer {
  checkVersion(store, request);
  const { resource } = route;
  const page = pageOf(store, pages, route, request);
  if (asksFor(request, "Table")) return { status: 200, body: tableOf(resource, page, request, store.clock.now()) };
  if (asksFor(request, "PartialObjectMetadata")) {
    const kind = "PartialObjectMetadataList";
    const items = page.items.map(metadataOf);
    return { status: 200, body: { kind, apiVersion: "meta.k8s.io/v1", metadata: listMetadata(page), items } };
  }
  return { status: 200, body: listOf(resource, page) };
}

/** A list in the form of its kind: that of a custom resource repeats in each object what it is. */
export function listOf(resource: Resource, page: Page): object {
  const plain = page.items.map(({ apiVersion: _apiVersion, kind: _kind, ...item }) => item);
  const isCustom = resource.custom !== undefined;
  return {
    kind: `${resource.kind}List`,
    apiVersion: groupVersionOf(resource),
    metadata: { ...(isCustom ? { continue: "" } : {}), ...listMetadata(page) },
    items: isCustom ? page.items : plain,
  };
}

function pageOf(store: Store, pages: Pages, { resource, namespace, name }: Route, request: ApiRequest): Page {
  const { query } = request;
  const token = query.get("continue") ?? "";
  const limit = numberIn(request, "limit");
  // How many more are selected is not known before they are read.
  const counted = ["labelSelector", "fieldSelector"].every((selector) => (query.get(selector) ?? "") === "");
  if (token !== "") return pages.next(token, limit, counted);
  const selects = selection({ resource, ...(name === undefined ? {} : { name }) }, request);
  const items = store.list(resource, namespace).filter(selects);
  // The watch cache answers with everything it has.
  return pages.first(items, store.version, query.get("resourceVersion") === "0" ? 0 : limit, counted);
}

/** Tells of the changes of a collection or an object. */
export function watch(cache: WatchCache, route: Route, request: ApiRequest): Answer {
  const { resource, namespace } = route;
  checkNumber(request);
  const selects = selection(route, request);
  const since = request.query.get("resourceVersion") ?? undefined;
  const timeout = numberIn(request, "timeoutSeconds");
  return {
    timeoutSeconds: timeout === 0 ? undefined : timeout,
    watch: (tell) => {
      try {
        return cache.watch({ resource, namespace, selects }, since, tell);
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        tell({ type: "ERROR", object: failure(error) });
        return () => undefined;
      }
    },
  };
}

/** Which objects a request means by its selectors. @throws ApiError BadRequest */
export function selection({ resource, name }: Route, { query }: ApiRequest): (object: ApiObject) => boolean {
  const byLabels = parseLabelSelector(query.get("labelSelector") ?? "");
  const byFields = parseFieldSelector(resource, query.get("fieldSelector") ?? "");
  return (object) =>
    (name === undefined || object.metadata?.name === name) && byLabels(object.metadata?.labels) && byFields(object);
}

/** For all but lists, a version that is no number is an error of the server. @throws ApiError with the code 500 */
function checkNumber({ query }: ApiRequest): void {
  const problem = numberProblem(query.get("resourceVersion") ?? "");
  if (problem !== undefined) throw new ApiError(500, "", problem);
}

function numberProblem(version: string): string | undefined {
  if (/^\d*$/.test(version)) return undefined;
  return `resourceVersion: Invalid value: "${version}": strconv.ParseUint: parsing "${version}": invalid syntax`;
}

function checkVersion(store: Store, { query }: ApiRequest): void {
  const version = query.get("resourceVersion") ?? "";
  const problem = numberProblem(version);
  if (problem !== undefined) throw badRequest(`invalid resource version: ${problem}`);
  if (Number(version) > Number(store.version)) {
    throw new ApiError(504, "Timeout", `Timeout: Too large resource version: ${version}, current: ${store.version}`, {
      causes: [{ reason: "ResourceVersionTooLarge", message: "Too large resource version" }],
      retryAfterSeconds: 1,
    });
  }
}
