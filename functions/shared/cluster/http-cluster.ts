import * as http from "node:http";
import * as https from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import { isRemediationError, RemediationError } from "../errors.ts";
import type { Cluster, JsonPatchOperation, Preconditions, WriteOptions } from "./cluster.ts";
import { bounded } from "../text.ts";
import { paths } from "./paths.ts";
import { withoutCredentials } from "./credentials.ts";
import { errorFromResponse, type ApiStatus } from "./api-errors.ts";

/** How to reach an API server and prove who is asking. */
export interface Connection {
  name: string;
  /** Base URL, for example `https://ABC.gr7.eu-west-1.eks.amazonaws.com`; plain `http` only makes sense on loopback. */
  server: string;
  /** TLS options: `ca`, and `cert` and `key` for client certificates. */
  tls?: Pick<https.RequestOptions, "ca" | "cert" | "key" | "servername" | "rejectUnauthorized">;
  /** Headers that authenticate; called for each request, so that a token can be refreshed. */
  authenticate: () => Promise<Record<string, string>>;
}

interface Call {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  path: string;
  accept?: string;
  query?: Record<string, string>;
  body?: unknown;
  contentType?: string;
}

interface Answer {
  status: number;
  retryAfterSeconds: number | undefined;
  body: string;
}

/** A server that cannot print a Table answers with the objects. */
const TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";

/** A request that has had no byte of answer for this long is given up. */
const REQUEST_TIMEOUT_MS = 20_000;
/** Objects per page of a list, the page size that kubectl uses. */
const PAGE_SIZE = "500";
/** Reads are tried this often before the error goes to the state machine, which retries the whole step. */
const READ_ATTEMPTS = 3;
/** A server that asks for a longer pause than this is answered by failing the step, which has a longer breath. */
const LONGEST_PAUSE_SECONDS = 5;
/** An expired continue token restarts the list; after this many restarts the list gives up. */
const LIST_RESTARTS = 3;

/** One page of a collection, and the token of the next one. */
interface Page<T> {
  items: T[];
  next: string | undefined;
}

/**
 * Talks to an API server over `node:https`, which imports in a fraction of the time that the generated client takes.
 * Only reads are retried here: whether a write may be repeated is for its caller to know.
 */
export class HttpCluster implements Cluster {
  readonly name: string;
  readonly #connection: Connection;
  readonly #agent: http.Agent;

  constructor(connection: Connection) {
    this.name = connection.name;
    this.#connection = connection;
    const options = { keepAlive: true, maxSockets: 16 };
    this.#agent = connection.server.startsWith("https:") ? new https.Agent(options) : new http.Agent(options);
  }

  async get<T>(path: string, query: Record<string, string> = {}): Promise<T> {
    return await this.#read<T>({ method: "GET", path, query });
  }

  async table<T>(path: string, query: Record<string, string> = {}): Promise<T> {
    const cached = { ...query, resourceVersion: "0", includeObject: "None" };
    return await this.#read<T>({ method: "GET", path, query: cached, accept: TABLE });
  }

  async list<T>(path: string, query: Record<string, string> = {}): Promise<T[]> {
    for (let restart = 0; ; restart++) {
      try {
        return await this.#pages<T>(path, query);
      } catch (error) {
        if (!(error instanceof ContinueTokenExpired)) throw error;
        if (restart >= LIST_RESTARTS) {
          throw new RemediationError("ClusterUnavailable", `${this.name}: the list of ${path} kept expiring half-way.`);
        }
      }
    }
  }

  async listSmall<T>(path: string, most: number, query: Record<string, string> = {}): Promise<T[] | undefined> {
    const page = await this.#page<T>(path, { ...query, limit: String(most) });
    return page.next === undefined ? page.items : undefined;
  }

  async #pages<T>(path: string, query: Record<string, string>): Promise<T[]> {
    const items: T[] = [];
    let token: string | undefined;
    do {
      const page: Page<T> = await this.#page<T>(path, {
        ...query,
        limit: PAGE_SIZE,
        ...(token === undefined ? {} : { continue: token }),
      });
      items.push(...page.items);
      if (page.next !== undefined && page.next === token) {
        throw this.#unintelligible(`GET ${path} answered with a list that goes on with the same page`);
      }
      token = page.next;
    } while (token !== undefined);
    return items;
  }

  async #page<T>(path: string, query: Record<string, string>): Promise<Page<T>> {
    const page: { items?: unknown; metadata?: { continue?: string } | null } = await this.#read({
      method: "GET",
      path,
      query,
    });
    if (!Array.isArray(page.items)) throw this.#unintelligible(`GET ${path} answered with something that is no list`);
    const next = page.metadata?.continue;
    return { items: page.items as T[], next: next === "" ? undefined : next };
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
    for (let attempt = 1; ; attempt++) {
      try {
        const answer = await this.#send(call);
        const pause = answer.retryAfterSeconds ?? attempt;
        const expired = answer.status === 410 && call.query?.["continue"] === undefined;
        const retryable = answer.status === 429 || answer.status >= 500 || expired;
        if (retryable && attempt < READ_ATTEMPTS && pause <= LONGEST_PAUSE_SECONDS) {
          await sleep(pause * 1_000);
          continue;
        }
        return this.#parse<T>(call, answer);
      } catch (error) {
        const lost = isRemediationError(error, "ClusterUnreachable") || error instanceof Unintelligible;
        if (!lost || attempt >= READ_ATTEMPTS) throw error;
        await sleep(attempt * 200);
      }
    }
  }

  async #write<T>(call: Call): Promise<T> {
    return this.#parse<T>(call, await this.#send(call));
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

  async #send(call: Call): Promise<Answer> {
    const url = URL.parse(this.#connection.server);
    if (url === null) {
      throw new RemediationError("ClusterUnreachable", `${this.name}: the endpoint is not a URL. Correct it.`);
    }
    url.pathname = url.pathname.replace(/\/$/, "") + call.path;
    url.search = new URLSearchParams(call.query).toString();
    const body = call.body === undefined ? undefined : JSON.stringify(call.body);
    const credentials = await this.#connection.authenticate();
    const headers: Record<string, string> = {
      accept: call.accept ?? "application/json",
      "user-agent": "eks-remediation",
      ...credentials,
    };
    if (body !== undefined) {
      headers["content-type"] = call.contentType ?? "application/json";
      headers["content-length"] = String(Buffer.byteLength(body));
    }

    const { request } = url.protocol === "https:" ? https : http;

    return await new Promise<Answer>((resolve, reject) => {
      const fail = (error: Error) => {
        const message = `${this.name}: no answer from ${url.origin} (${bounded(error.message)}). Check the endpoint, the network path and the security group.`;
        reject(new RemediationError("ClusterUnreachable", message, { cause: error }));
      };
      const answered = (res: http.IncomingMessage) => {
        const chunks: Buffer[] = [];
        res.on("data", (chunk: Buffer) => chunks.push(chunk));
        res.on("error", fail);
        res.on("end", () => {
          const status = res.statusCode ?? 0;
          const retryAfter = Number(res.headers["retry-after"]);
          const text = Buffer.concat(chunks).toString("utf8");
          resolve({
            status,
            retryAfterSeconds: Number.isFinite(retryAfter) ? retryAfter : undefined,
            body: isSuccess(status) ? text : withoutCredentials(text, credentials),
          });
        });
      };
      let req: http.ClientRequest;
      try {
        const options = { method: call.method, headers, agent: this.#agent, timeout: REQUEST_TIMEOUT_MS };
        req = request(url, { ...this.#connection.tls, ...options }, answered);
      } catch (error) {
        // Node refuses a header that holds a line break, and certificates and keys that it cannot read.
        const message = `${this.name}: the request cannot be sent (${bounded((error as Error).message)}). Check the credentials and the CA certificate.`;
        reject(new RemediationError("Unauthorized", message, { cause: error }));
        return;
      }
      req.on("timeout", () => req.destroy(new Error(`no data for ${REQUEST_TIMEOUT_MS / 1_000} s`)));
      req.on("error", fail);
      req.end(body);
    });
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

function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
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
