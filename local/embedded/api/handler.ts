import { ApiError, forbidden, notFound } from "../api-error.ts";
import { SYSTEM_NAMESPACES } from "../admission.ts";
import { NAMESPACES } from "../kinds.ts";
import type { Resource } from "../resources.ts";
import type { Store } from "../store.ts";
import { discovery } from "./discovery.ts";
import { evict } from "./eviction.ts";
import { log } from "./log.ts";
import { Pages } from "./pages.ts";
import { get, list, watch } from "./read.ts";
import type { Answer, ApiRequest } from "./request.ts";
import { routeOf, type Route } from "./route.ts";
import { scale } from "./scale.ts";
import { failure, methodNotAllowed, notAcceptable, notServed } from "./status.ts";
import { WatchCache } from "./watch-cache.ts";
import { create, patch, remove, removeCollection, replace } from "./write.ts";

/** The API of a store: answers requests in the terms of HTTP, whoever brings them. */
export class Api {
  readonly #store: Store;
  readonly #cache: WatchCache;
  readonly #pages: Pages;

  constructor(store: Store) {
    this.#store = store;
    this.#cache = new WatchCache(store);
    this.#pages = new Pages(store.clock);
  }

  /** Answers a request; a refusal is an answer, too. */
  answer(request: ApiRequest): Answer {
    try {
      return this.#answer(request);
    } catch (error) {
      const refusal = error instanceof ApiError ? error : internalError(error);
      const { retryAfterSeconds } = (refusal.details ?? {}) as { retryAfterSeconds?: number };
      const headers = retryAfterSeconds === undefined ? {} : { "retry-after": `${retryAfterSeconds}` };
      return { status: refusal.code, body: failure(refusal), headers };
    }
  }

  stop(): void {
    this.#cache.stop();
  }

  #answer(request: ApiRequest): Answer {
    if (!isAcceptable(request)) throw notAcceptable();
    const about = request.method === "GET" ? discovery(request.path, this.#store.resources) : undefined;
    if (about !== undefined) return { status: 200, body: about };
    const route = routeOf(request.path, this.#store.resources);
    if (route === undefined) return { status: 404, body: "404 page not found\n" };
    if (route.subresource !== undefined) return this.#subresource(route, request);
    return route.name === undefined ? this.#collection(route, request) : this.#object(route, request);
  }

  #collection(route: Route, request: ApiRequest): Answer {
    switch (request.method) {
      case "GET":
        return isWatch(request) ? watch(this.#cache, route, request) : list(this.#store, this.#pages, route, request);
      case "POST":
        return create(this.#store, route, request);
      case "DELETE":
        return removeCollection(this.#store, route, request);
      default:
        throw methodNotAllowed();
    }
  }

  #object(route: Route, request: ApiRequest): Answer {
    switch (request.method) {
      case "GET":
        return isWatch(request) ? watch(this.#cache, route, request) : get(this.#store, route, request);
      case "PUT":
        return replace(this.#store, route, request);
      case "PATCH":
        return patch(this.#store, route, request);
      case "DELETE":
        refuseToDeleteSystemNamespaces(route);
        return remove(this.#store, route, request);
      default:
        throw methodNotAllowed();
    }
  }

  #subresource(route: Route, request: ApiRequest): Answer {
    const { resource, name = "", subresource } = route;
    if (resource.custom !== undefined && !hasSubresource(resource, subresource)) throw notFound(resource, name);
    if (subresource === "scale") return scale(this.#store, route, request);
    if (subresource === "eviction" && resource.kind === "Pod") {
      if (request.method !== "POST") throw methodNotAllowed();
      return evict(this.#store, route, request);
    }
    if (subresource === "log" && resource.kind === "Pod") {
      if (request.method !== "GET") throw methodNotAllowed();
      return log(this.#store, route, request);
    }
    if (subresource !== "status" || !resource.status) throw notServed();
    if (!["GET", "PUT", "PATCH"].includes(request.method)) throw methodNotAllowed();
    return this.#object(route, request);
  }
}

/** What an object brings about whose fields are of other types than the API's. */
function internalError(error: unknown): ApiError {
  const problem = error instanceof Error ? error.message : String(error);
  return new ApiError(500, "InternalError", `Internal error occurred: ${problem}`);
}

/** Whether the answer may be of a form that an API server has, of which this one only has JSON. */
function isAcceptable({ accept = "*/*" }: ApiRequest): boolean {
  return /\*\/\*|application\/(\*|json|yaml|vnd\.kubernetes\.protobuf)/.test(accept);
}

/** Whether its definition gives a custom resource that subresource. */
function hasSubresource({ status, custom }: Resource, subresource: string | undefined): boolean {
  return (subresource === "status" && status) || (subresource === "scale" && custom?.scale !== undefined);
}

function isWatch({ query }: ApiRequest): boolean {
  return ["1", "true"].includes(query.get("watch") ?? "");
}

function refuseToDeleteSystemNamespaces({ resource, name = "" }: Route): void {
  if (resource === NAMESPACES && SYSTEM_NAMESPACES.includes(name)) {
    throw forbidden(resource, name, "this namespace may not be deleted");
  }
}
