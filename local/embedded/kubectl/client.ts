import { setTimeout as sleep } from "node:timers/promises";
import type { Clock } from "../clock.ts";
import { groupVersionOf, RESOURCES, type NamedResource, type Resource } from "../resources.ts";
import type { ApiObject } from "../api-object.ts";

/** A pause between two looks at something that is awaited, in seconds of the cluster's clock. */
const PAUSE_SECONDS = 0.25;

export const STRATEGIC = "application/strategic-merge-patch+json";
export const MERGE = "application/merge-patch+json";

interface Call {
  body?: unknown;
  contentType?: string;
  accept?: string;
  query?: Record<string, string>;
  /** What a write is to be known by; without it, kubectl itself. */
  manager?: string;
}

interface GroupVersion {
  groupVersion: string;
  version: string;
}

/** A resource, or a subresource, as the server tells of it. */
interface Discovered {
  name: string;
  kind: string;
  namespaced: boolean;
  shortNames?: string[];
}

/** A refusal of the API server, in kubectl's words. */
export class Refused extends Error {
  override readonly name = "Refused";
  readonly reason: string;

  constructor(reason: string, message: string) {
    super(`Error from server (${reason}): ${message}`);
    this.reason = reason;
  }
}

/** Talks to the embedded API server for kubectl's commands. */
export class Client {
  readonly #server: string;
  readonly #clock: Clock;

  constructor(server: string, clock: Clock) {
    this.#server = server;
    this.#clock = clock;
  }

  /** @throws Refused */
  async request<T = ApiObject>(method: string, path: string, call: Call = {}): Promise<T> {
    const { body, contentType = "application/json", accept = "application/json", manager } = call;
    const query = new URLSearchParams({ ...call.query, ...(manager === undefined ? {} : { fieldManager: manager }) });
    const response = await fetch(`${this.#server}${path}?${query.toString()}`, {
      method,
      headers: { accept, "user-agent": "kubectl", ...(body === undefined ? {} : { "content-type": contentType }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (response.ok) return JSON.parse(text) as T;
    const { reason = "", message = text } = (text.startsWith("{") ? JSON.parse(text) : {}) as Record<string, string>;
    throw new Refused(reason === "" ? "InternalError" : reason, message);
  }

  /** As `request`, but undefined where there is nothing. @throws Refused */
  async find<T = ApiObject>(path: string): Promise<T | undefined> {
    try {
      return await this.request<T>("GET", path);
    } catch (error) {
      if (error instanceof Refused && error.reason === "NotFound") return undefined;
      throw error;
    }
  }

  /** The resources that the server has beyond the built-in ones. @throws Refused */
  async customResources(): Promise<NamedResource[]> {
    const { groups } = await this.request<{ groups: { name: string; preferredVersion: GroupVersion }[] }>(
      "GET",
      "/apis",
    );
    const custom = groups.filter(({ name }) => !RESOURCES.some(({ group }) => group === name));
    const lists = await Promise.all(
      custom.map(async ({ name: group, preferredVersion: { groupVersion, version } }) => {
        const { resources } = await this.request<{ resources: Discovered[] }>("GET", `/apis/${groupVersion}`);
        return resources.map(({ name, kind, namespaced, shortNames = [] }) => {
          return { group, version, kind, plural: name, namespaced, shortNames };
        });
      }),
    );
    return lists.flat().filter(({ plural }) => !plural.includes("/"));
  }

  /** Waits until something holds. @throws Error after so many seconds of the cluster's clock, in kubectl's words */
  async until(holds: () => Promise<boolean>, seconds: number): Promise<void> {
    const deadline = this.#clock.now().getTime() + seconds * 1_000;
    while (!(await holds())) {
      if (this.#clock.now().getTime() > deadline) throw new Error("error: timed out waiting for the condition");
      await this.#pause();
    }
  }

  async #pause(): Promise<void> {
    await new Promise<void>((resolve) => this.#clock.after(PAUSE_SECONDS, resolve));
    await sleep(0);
  }
}

/** The path of a collection, or of an object in it. */
export function pathOf(resource: NamedResource, namespace: string | undefined, name?: string): string {
  const base = resource.group === "" ? `/api/${resource.version}` : `/apis/${groupVersionOf(resource)}`;
  const place = resource.namespaced && namespace !== undefined ? `/namespaces/${encodeURIComponent(namespace)}` : "";
  return `${base}${place}/${resource.plural}${name === undefined ? "" : `/${encodeURIComponent(name)}`}`;
}

/** How kubectl names an object in what it prints: `deployment.apps/web`. */
export function printedName({ kind, group }: Pick<Resource, "kind" | "group">, name: string): string {
  return `${qualifiedKind({ kind, group })}/${name}`;
}

export function qualifiedKind({ kind, group }: Pick<Resource, "kind" | "group">): string {
  return `${kind.toLowerCase()}${group === "" ? "" : `.${group}`}`;
}
