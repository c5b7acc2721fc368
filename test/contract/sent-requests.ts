import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Outgoing } from "../faults/proxy/forward.ts";
import { groupVersionOf, type Route, routeOf } from "../../local/embedded/index.ts";

/** What the functions sent while the scenarios were played on a real control plane. */
const FILE = fileURLToPath(new URL("sent-requests.json", import.meta.url));

/** A request, as it goes over the wire. */
export interface SentRequest {
  method: string;
  /** With its query. */
  path: string;
  accept: string;
  contentType: string | undefined;
  body: string;
}

/** What matters of a request that is handed on. */
export function sentBy({ method, path, headers, body }: Outgoing): SentRequest {
  const { accept = "", "content-type": contentType } = headers;
  return { method, path, accept, contentType, body: body.toString("utf8") };
}

/** By what kind of request it was, in alphabetical order, the statuses that it was answered with. */
export type SentRequests = Record<string, number[]>;

/** Collects what kinds of requests were sent. */
export class Sent {
  readonly #statuses = new Map<string, Set<number>>();

  /** A log comes from the kubelet, and is no answer of the API server's own. */
  note(request: SentRequest, status: number): void {
    if (request.path.split("?")[0]?.endsWith("/log") === true) return;
    this.add({ [kindOf(request)]: [status] });
  }

  add(requests: SentRequests): void {
    for (const [kind, statuses] of Object.entries(requests)) {
      this.#statuses.set(kind, new Set([...(this.#statuses.get(kind) ?? []), ...statuses]));
    }
  }

  all(): SentRequests {
    const kinds = [...this.#statuses].sort(([a], [b]) => (a < b ? -1 : 1));
    return Object.fromEntries(kinds.map(([kind, statuses]) => [kind, [...statuses].sort()]));
  }
}

/** What was recorded. */
export function recordedRequests(): SentRequests {
  return JSON.parse(readFileSync(FILE, "utf8")) as SentRequests;
}

export function recordRequests(requests: SentRequests): void {
  writeFileSync(FILE, `${JSON.stringify(requests, null, 2)}\n`);
}

/**
 * A request without names and values: method, resource, the query's parameters, the forms of body and answer, and for a
 * JSON patch its operations, for an object its fields.
 */
export function kindOf({ method, path, accept, contentType, body }: SentRequest): string {
  const [place = "", query = ""] = path.split("?");
  const parts = [
    method,
    resourceOf(place),
    queryOf(new URLSearchParams(query)),
    accept.includes("as=Table") ? "as a Table" : "",
    accept.includes("as=PartialObjectMetadata") ? "as metadata" : "",
    contentType === undefined || contentType === "application/json" ? "" : contentType,
    body === "" ? "" : bodyOf(body),
  ];
  return parts.filter((part) => part !== "").join(" ");
}

function resourceOf(path: string): string {
  const route = known(path);
  // Of a kind that a scenario brings.
  if (route === undefined) return path.replace(/\/namespaces\/[^/]+\//, "/namespaces/NAMESPACE/");
  const { resource, namespace, name, subresource } = route;
  const collection = resource.namespaced && namespace === undefined ? "of all namespaces" : "";
  const what = `${groupVersionOf(resource)}/${resource.plural}`;
  return (
    [name === undefined ? what : `${what}/NAME`, subresource].filter(Boolean).join("/") +
    (collection && ` ${collection}`)
  );
}

function known(path: string): Route | undefined {
  try {
    return routeOf(path);
  } catch {
    return undefined;
  }
}

/** The parameters; of selectors the fields, each once, and of what is no name, the values as well. */
function queryOf(query: URLSearchParams): string {
  const told = [...query].map(([name, value]) => {
    if (name === "fieldSelector") {
      return `${name}=${[...new Set(value.replace(/(=)[^,=]+/g, "$1…").split(","))].join(",")}`;
    }
    return ["labelSelector", "continue", "limit"].includes(name) ? `${name}=…` : `${name}=${value}`;
  });
  return told.length === 0 ? "" : `?${told.sort().join("&")}`;
}

function bodyOf(text: string): string {
  const body = parsed(text);
  if (body === undefined) return "no JSON";
  if (Array.isArray(body)) {
    const operations = (body as { op: string; path: string }[]).map(({ op, path }) => `${op} ${path}`);
    return `[${operations.join(", ")}]`;
  }
  return `{${fieldsIn(body).join(", ")}}`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The paths of an object's fields. The keys of labels and annotations are values. */
function fieldsIn(value: unknown, at = ""): string[] {
  if (typeof value !== "object" || value === null || Array.isArray(value) || VALUES.includes(at)) return [at];
  return Object.entries(value)
    .filter(([name]) => name !== "managedFields")
    .flatMap(([name, field]) => fieldsIn(field, at === "" ? name : `${at}.${name}`))
    .sort();
}

const VALUES = ["metadata.labels", "metadata.annotations"];
