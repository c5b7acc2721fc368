import { setTimeout as sleep } from "node:timers/promises";
import { isRemediationError, RemediationError } from "../errors.ts";
import { timeLeft } from "../time-left.ts";
import type { Cluster, JsonPatchOperation, Preconditions, WriteOptions } from "./cluster.ts";
import type { ObjectMeta } from "../kubernetes/types.ts";
import { paths } from "./paths.ts";
import { errorFromResponse, type ApiStatus } from "./api-errors.ts";
import { isSuccess, tooMuch, type Access, type Answer, type Call, type Connection } from "./exchange.ts";
import { Transport } from "./transport.ts";

export type { Connection } from "./exchange.ts";

/** A server that cannot print a Table answers with the objects. */
const TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";

/** No other form is asked for: a server that knows no such one refuses instead of sending the whole object. */
const METADATA = "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io";

/** A log comes as it is, and what is said of one that cannot be had as an object. */
const TEXT = "application/json, */*";

/** Objects per page of a list, the page size that kubectl uses; a quarter of it where a page is too large, and so on. */
const PAGE_SIZE = "500";
/** How large a page may be, since several are read at the same time; and a list that comes whole from the watch cache. */
const PAGE_BYTES = 8 * 2 ** 20;
const WHOLE_BYTES = 32 * 2 ** 20;
/** How large the objects of a small list may be, on average. */
const SMALL_BYTES = 16 * 2 ** 10;
/** How much of a list is kept whole: the pods of a large Deployment, several times over. */
const LIST_BYTES = 96 * 2 ** 20;
/** Reads are tried this often before the error goes to the state machine, which retries the whole step. */
const READ_ATTEMPTS = 3;
/** A server that asks for a longer pause than this is answered by failing the step, which has a longer breath. */
const LONGEST_PAUSE_SECONDS = 5;
/** An expired continue token restarts the list; after this many restarts the list gives up. */
const LIST_RESTARTS = 3;

interface ListObject {
  items: unknown;
  metadata: { continue?: string } | null;
}

/** One page of a collection, and the token of the next one. */
interface Page<T> {
  items: T[];
  next: string | undefined;
  /** What it was asked for with. */
  query: Record<string, string>;
  bytes: number;
}

/**
 * Talks to an API server over `node:https`, which imports in a fraction of the time that the generated client takes.
 * Only reads are retried here: whether a write may be repeated is for its caller to know.
 */
export class HttpCluster implements Cluster {
  readonly name: string;
  readonly #transport: Transport;

  constructor(connection: Connection) {
    this.name = connection.name;
    this.#transport = new Transport(connection);
  }

  async access(): Promise<Access> {
    return await this.#transport.access();
  }

  async get<T>(path: string, query: Record<string, string> = {}): Promise<T> {
    return await this.#read<T>({ method: "GET", path, query });
  }

  async metadata(path: string): Promise<ObjectMeta> {
    const answer = await this.#read<{ metadata?: ObjectMeta | null }>({ method: "GET", path, accept: METADATA });
    return answer.metadata ?? {};
  }

  async text(path: string, query: Record<string, string> = {}): Promise<string> {
    const call: Call = { method: "GET", path, query, accept: TEXT };
    const { status, body } = await this.#transport.send(call);
    if (isSuccess(status)) return body;
    throw errorFromResponse(this.name, `GET ${path}`, status, parseObject(body) ?? { message: body });
  }

  async table<T>(path: string, query: Record<string, string> = {}, most?: number): Promise<T> {
    const cached = { includeObject: "None", ...query, resourceVersion: "0" };
    const limit = most === undefined ? {} : { most: most * SMALL_BYTES };
    return await this.#read<T>({ method: "GET", path, query: cached, accept: TABLE, ...limit });
  }

  async list<T, Kept = T>(
    path: string,
    query: Record<string, string> = {},
    keep?: (object: T) => Kept,
  ): Promise<Kept[]> {
    for (let restart = 0; ; restart++) {
      try {
        return await this.#pages<T, Kept>(path, query, keep);
      } catch (error) {
        if (!(error instanceof ContinueTokenExpired)) throw error;
        if (restart >= LIST_RESTARTS) {
          throw new RemediationError("ClusterUnavailable", `${this.name}: the list of ${path} kept expiring half-way.`);
        }
      }
    }
  }

  async listSmall<T>(path: string, most: number, query: Record<string, string> = {}): Promise<T[] | undefined> {
    try {
      const page = await this.#page<T>(path, { ...query, limit: String(most) }, most * SMALL_BYTES);
      return page.next === undefined ? page.items : undefined;
    } catch (error) {
      if (isRemediationError(error, "TooMuchToRead")) return undefined;
      throw error;
    }
  }

  async #pages<T, Kept>(
    path: string,
    query: Record<string, string>,
    keep: ((object: T) => Kept) | undefined,
  ): Promise<Kept[]> {
    const kept: Kept[] = [];
    let part: Record<string, string> = { ...query, limit: PAGE_SIZE };
    for (let bytes = 0; ;) {
      const page = await this.#fittingPage<T>(path, part);
      bytes += page.bytes;
      if (keep === undefined && bytes > LIST_BYTES) throw tooMuch(this.name, `GET ${path}`, LIST_BYTES);
      for (const item of page.items) kept.push(keep === undefined ? (item as unknown as Kept) : keep(item));
      if (page.next === undefined) return kept;
      if (page.next === part["continue"]) {
        throw this.#unintelligible(`GET ${path} answered with a list that goes on with the same page`);
      }
      part = { ...page.query, continue: page.next };
    }
  }

  /** The page that is asked for, or one of fewer objects where it is too large to be read at once. */
  async #fittingPage<T>(path: string, query: Record<string, string>): Promise<Page<T>> {
    // The watch cache answers with the whole list, whatever its limit.
    const { resourceVersion, ...rest } = query;
    try {
      return await this.#page<T>(path, query, resourceVersion === "0" ? WHOLE_BYTES : PAGE_BYTES);
    } catch (error) {
      const limit = Number(query["limit"]);
      if (!isRemediationError(error, "TooMuchToRead") || limit === 1) throw error;
      return await this.#fittingPage<T>(path, { ...rest, limit: String(Math.ceil(limit / 4)) });
    }
  }

  async #page<T>(path: string, query: Record<string, string>, most: number): Promise<Page<T>> {
    const call: Call = { method: "GET", path, query, most };
    const { value: page, bytes } = await this.#readSized<Partial<ListObject>>(call);
    if (!Array.isArray(page.items)) throw this.#unintelligible(`GET ${path} answered with something that is no list`);
    const next = page.metadata?.continue;
    return { items: page.items as T[], next: next === "" ? undefined : next, query, bytes };
  }

  async create<T>(path: string, body: object, options: WriteOptions = {}): Promise<T> {
    return await this.#write<T>({ method: "POST", path, body, query: dryRunQuery(options) });
  }

  async replace<T>(path: string, body: object, options: WriteOptions = {}): Promise<T> {
    return await this.#write<T>({ method: "PUT", path, body, query: dryRunQuery(options) });
  }

  async patch<T>(path: string, operations: JsonPatchOperation[], options: WriteOptions = {}): Promise<T> {
    return await this.#write<T>({
      method: "PATCH",
      path,
      body: operations,
      contentType: "application/json-patch+json",
      query: dryRunQuery(options),
    });
  }

  async delete(path: string, preconditions: Preconditions, options: WriteOptions = {}): Promise<void> {
    await this.#write({
      method: "DELETE",
      path,
      // The API server reads the options of a delete from its body alone when there is one.
      body: { apiVersion: "v1", kind: "DeleteOptions", preconditions, ...dryRunBody(options) },
      query: dryRunQuery(options),
    });
  }

  async evict(namespace: string, pod: string, preconditions: Preconditions, options: WriteOptions = {}): Promise<void> {
    await this.#write({
      method: "POST",
      path: `${paths.pod(namespace, pod)}/eviction`,
      body: {
        apiVersion: "policy/v1",
        kind: "Eviction",
        metadata: { name: pod, namespace },
        deleteOptions: { preconditions, ...dryRunBody(options) },
      },
      query: dryRunQuery(options),
    });
  }

  async #read<T>(call: Call): Promise<T> {
    return (await this.#readSized<T>(call)).value;
  }

  async #readSized<T>(call: Call): Promise<{ value: T; bytes: number }> {
    for (let attempt = 1; ; attempt++) {
      try {
        const answer = await this.#transport.send(call);
        const pause = answer.retryAfterSeconds ?? attempt;
        const expired = answer.status === 410 && call.query?.["continue"] === undefined;
        const retryable = answer.status === 429 || answer.status >= 500 || expired;
        const hasTime = pause <= LONGEST_PAUSE_SECONDS && pause * 1_000 < timeLeft();
        if (retryable && attempt < READ_ATTEMPTS && hasTime) {
          await sleep(pause * 1_000);
          continue;
        }
        return { value: this.#parse<T>(call, answer), bytes: answer.body.length };
      } catch (error) {
        const lost = isRemediationError(error, "ClusterUnreachable") || error instanceof Unintelligible;
        const pause = attempt * 200;
        if (!lost || attempt >= READ_ATTEMPTS || pause >= timeLeft()) throw error;
        await sleep(pause);
      }
    }
  }

  async #write<T>(call: Call): Promise<T> {
    return this.#parse<T>(call, await this.#transport.send(call));
  }

  #parse<T>(call: Call, { status, body }: Answer): T {
    const answer = parseObject(body);
    if (isSuccess(status)) {
      if (answer !== undefined) return answer as T;
      throw this.#unintelligible(
        `${call.method} ${call.path} answered ${status} with something that is not a Kubernetes object`,
      );
    }
    if (status === 410 && call.query?.["continue"] !== undefined) throw new ContinueTokenExpired();
    throw errorFromResponse(this.name, `${call.method} ${call.path}`, status, answer ?? { message: body });
  }

  #unintelligible(what: string): RemediationError {
    return new Unintelligible(
      "ClusterUnavailable",
      `${this.name}: ${what}. Check that the endpoint is the API server's.`,
    );
  }
}

/** The JSON object in a body; undefined when it holds anything else. */
function parseObject(body: string): ApiStatus | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

class ContinueTokenExpired extends Error {}

/** An answer that was cut off or mangled on its way: asking again may bring a whole one. */
class Unintelligible extends RemediationError {}

function dryRunBody(options: WriteOptions): { dryRun?: ["All"] } {
  return options.dryRun === true ? { dryRun: ["All"] } : {};
}

function dryRunQuery(options: WriteOptions): Record<string, string> {
  return options.dryRun === true ? { dryRun: "All" } : {};
}
