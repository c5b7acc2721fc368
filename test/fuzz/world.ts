import fastJsonPatch, { type Operation } from "fast-json-patch";
import type {
  Cluster,
  JsonPatchOperation,
  Preconditions,
  WriteOptions,
} from "../../functions/shared/cluster/cluster.ts";
import { paths } from "../../functions/shared/cluster/paths.ts";
import type { ObjectMeta } from "../../functions/shared/kubernetes/types.ts";
import { ERROR_NAMES, RemediationError, type ErrorName } from "../../functions/shared/errors.ts";
import { misfit } from "./shape.ts";
import { PRINTERS } from "./printers.ts";
import { asJson, placesIn, type Json } from "./json.ts";
import { Broken, hold } from "./broken.ts";

/** What a cluster answers: objects by resource, and whatever else is to be answered instead. All of it may be anything. */
export interface World {
  objects?: unknown;
  /** What is answered in place of printed rows, by resource. */
  tables?: unknown;
  /** The error that is answered instead, by `METHOD resource`. */
  refusals?: unknown;
}

/** A write that reached the cluster. */
export interface Written {
  method: "create" | "replace" | "patch" | "delete" | "evict";
  path: string;
  body: unknown;
  dryRun: boolean;
  /** What a delete takes away; absent where there is none of that name. */
  before?: Json;
}

/** What stands at the place of a name. */
const NAME = "name-here";
/** The API paths that there are, as `paths` builds them: of objects, of a namespace's collections, and of the whole cluster's. */
const PATH_PATTERNS = Object.values(paths)
  .flatMap((path) => [[NAME, NAME], [NAME], []].map((names) => built(path, names)))
  .filter((path) => path !== undefined)
  .map((path) => new RegExp(`^${path.replaceAll(".", "\\.").replaceAll(NAME, "[^/?#]+")}$`));

/** The path; undefined where it needs more names. */
function built(path: (...names: string[]) => string, names: string[]): string | undefined {
  try {
    return path(...names);
  } catch {
    return undefined;
  }
}

/** Errors that the transport may end a request with. */
const REFUSALS: readonly ErrorName[] = [
  "ClusterUnreachable",
  "ClusterUnavailable",
  "ClusterThrottled",
  "Unauthorized",
  "Forbidden",
  "NotFound",
  "ObjectChanged",
  "WriteRefused",
  "DisruptionBudgetExhausted",
];

interface Address {
  path: string;
  namespace: string | undefined;
  resource: string;
  name: string | undefined;
}

/**
 * A cluster in memory that answers what a world says, also what no API server would answer, and that holds each request to
 * the API paths that the workflow may ask for.
 */
export class WorldCluster implements Cluster {
  readonly name = "prod";
  readonly written: Written[] = [];
  readonly #objects: Record<string, Json[]>;
  readonly #world: World;
  /** Thrown again at the end, because whoever asks may catch what is thrown here. */
  #broken: Broken | undefined;

  constructor(world: unknown) {
    this.#world = isRecord(world) ? world : {};
    const objects = isRecord(this.#world.objects) ? this.#world.objects : {};
    this.#objects = Object.fromEntries(
      Object.entries(objects).map(([resource, items]) => [
        resource,
        frozen(Array.isArray(items) ? [...(items as Json[])] : []),
      ]),
    );
  }

  /** @throws Broken the first promise that a request broke */
  expectKept(): void {
    if (this.#broken !== undefined) throw this.#broken;
  }

  async get<T>(path: string): Promise<T> {
    const address = this.#asked("get", path);
    return await Promise.resolve(sound(this.#one(address) as object, path) as T);
  }

  async metadata(path: string): Promise<ObjectMeta> {
    return (await this.get<{ metadata?: ObjectMeta | null }>(path)).metadata ?? {};
  }

  /** No log can be had. */
  async text(path: string): Promise<string> {
    this.#asked("get", path);
    return await Promise.reject(new RemediationError("NotFound", `GET ${path}: not found`));
  }

  async table<T>(path: string): Promise<T> {
    const address = this.#asked("table", path);
    const { tables } = this.#world;
    const instead = isRecord(tables) ? tables[address.resource] : undefined;
    if (isRecord(instead)) return await Promise.resolve(sound(instead, path) as T);
    const items = this.#all(address);
    try {
      const printed = PRINTERS[address.resource]?.(items);
      if (printed !== undefined) return await Promise.resolve(printed as T);
    } catch {
      // What no printer understands is answered as it is.
    }
    return await Promise.resolve(sound({ kind: "List", items }, path) as T);
  }

  async list<T, Kept = T>(
    path: string,
    query: Record<string, string> = {},
    keep: (object: T) => Kept = (object) => object as unknown as Kept,
  ): Promise<Kept[]> {
    const items = this.#all(this.#asked("list", path));
    const name = /^metadata\.name=(.*)$/s.exec(query["fieldSelector"] ?? "")?.[1];
    const chosen = name === undefined ? [...items] : items.filter((item) => nameOf(item) === name);
    return await Promise.resolve((sound({ items: chosen }, path).items as T[]).map(keep));
  }

  async listSmall<T>(path: string, most: number, query: Record<string, string> = {}): Promise<T[] | undefined> {
    const items = await this.list<T>(path, query);
    return items.length > most ? undefined : items;
  }

  async create<T>(path: string, body: object, options: WriteOptions = {}): Promise<T> {
    return await Promise.resolve(this.#write("create", path, body, options) as T);
  }

  async replace<T>(path: string, body: object, options: WriteOptions = {}): Promise<T> {
    const { resource, name } = this.#address(path);
    const answer = this.#write("replace", path, body, options);
    const items = this.#objects[resource] ?? [];
    const index = items.findIndex((item) => nameOf(item) === name);
    if (index !== -1) items[index] = asJson(body);
    return await Promise.resolve(answer as T);
  }

  async patch<T>(path: string, operations: JsonPatchOperation[], options: WriteOptions = {}): Promise<T> {
    const address = this.#address(path);
    const answer = this.#write("patch", path, operations, options);
    if (options.dryRun === true) return await Promise.resolve(answer as T);
    const items = this.#objects[address.resource] ?? [];
    const index = items.indexOf(this.#one(address));
    try {
      items[index] = observed(fastJsonPatch.applyPatch(asJson(items[index]), operations as Operation[]).newDocument);
    } catch {
      throw new RemediationError("ObjectChanged", "The patch does not apply.");
    }
    return await Promise.resolve(asJson(items[index]) as T);
  }

  async delete(path: string, preconditions: Preconditions, options: WriteOptions = {}): Promise<void> {
    const { name } = this.#address(path);
    const before = this.#all(this.#address(path)).find((item) => nameOf(item) === name);
    this.#write("delete", path, preconditions, options, before);
    await Promise.resolve();
  }

  async evict(namespace: string, pod: string, preconditions: Preconditions, options: WriteOptions = {}): Promise<void> {
    this.#write("evict", paths.pod(namespace, pod), preconditions, options);
    await Promise.resolve();
  }

  #write(
    method: Written["method"],
    path: string,
    body: unknown,
    { dryRun = false }: WriteOptions,
    before?: Json,
  ): Json {
    this.#asked(method, path);
    this.written.push({ method, path, body, dryRun, ...(before === undefined ? {} : { before }) });
    return asJson(body);
  }

  #asked(method: string, path: string): Address {
    const address = this.#address(path);
    const { refusals } = this.#world;
    const refusal = isRecord(refusals) ? refusals[`${method} ${address.resource}`] : undefined;
    if (REFUSALS.some((name) => name === refusal)) {
      throw new RemediationError(ERROR_NAMES.find((name) => name === refusal) ?? "NotFound", `${method} is refused.`);
    }
    return address;
  }

  #address(path: string): Address {
    try {
      return addressOf(path);
    } catch (error) {
      if (error instanceof Broken) this.#broken ??= error;
      throw error;
    }
  }

  #all({ resource, namespace }: Address): Json[] {
    const items = this.#objects[resource] ?? [];
    return namespace === undefined
      ? items
      : items.filter((item) => namespaceOf(item) === undefined || namespaceOf(item) === namespace);
  }

  #one(address: Address): Json {
    const found = this.#all(address).find((item) => nameOf(item) === address.name);
    // What is answered to a successful read is always an object: the transport refuses anything else.
    if (!isRecord(found)) throw new RemediationError("NotFound", "There is none of that name.");
    return found;
  }
}

/** What an API server says: nothing that is not what the API has there. */
function sound<T extends object>(answer: T, path: string): T {
  const wrong = misfit(answer, path);
  if (wrong !== undefined)
    throw new RemediationError("ClusterUnavailable", `The answer is no Kubernetes object (${wrong}).`);
  return answer;
}

/** The same, in which nothing can be changed: what was read is shared. */
function frozen(items: Json[]): Json[] {
  for (const { holder } of placesIn(items)) if (holder !== items) Object.freeze(holder);
  return items;
}

/** The parts of a path. @throws Broken for a path that the workflow has no business at */
export function addressOf(path: string): Address {
  const url = new URL(path, "https://cluster.example");
  hold(url.pathname === path, () => `a URL makes ${url.pathname} of the path ${path}`);
  hold(
    PATH_PATTERNS.some((pattern) => pattern.test(path)),
    () => `${path.slice(0, 300)} is none of the API paths`,
  );
  const rest = path
    .replace(/^\/(api|apis\/[^/]+)\/v\d+\//, "")
    .split("/")
    .map(decodeURIComponent);
  const isNamespaced = rest[0] === "namespaces" && rest.length > 2;
  const [resource = "", name] = isNamespaced ? rest.slice(2) : rest;
  return { path, namespace: isNamespaced ? rest[1] : undefined, resource, name };
}

/** The controller has seen what was patched: how long it may take is no matter of these runs. */
function observed(item: Json): Json {
  const { metadata, status } = item as { metadata?: { generation?: Json }; status?: unknown };
  if (!isRecord(status) || typeof metadata?.generation !== "number") return item;
  return { ...(item as object), status: { ...status, observedGeneration: metadata.generation } };
}

function nameOf(item: Json): unknown {
  return (item as { metadata?: { name?: unknown } | null } | null)?.metadata?.name;
}

function namespaceOf(item: Json): unknown {
  return (item as { metadata?: { namespace?: unknown } | null } | null)?.metadata?.namespace;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
