import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { HttpCluster } from "../../functions/shared/cluster/http-cluster.ts";

/** A request as the server got it. */
export interface SeenRequest {
  method: string;
  /** As it was on the wire: still escaped, without the query. */
  path: string;
  query: Record<string, string>;
  contentType: string | undefined;
  headers: IncomingMessage["headers"];
  body: unknown;
}

/** What the server answers; a function writes (or breaks off) the response by itself, and may look at what was asked. */
export type Answer =
  | { status: number; body: unknown; headers?: Record<string, string> }
  | ((response: ServerResponse, request: SeenRequest) => void);

/** An object, as the API server answers a successful request. */
export function found(body: unknown): Answer {
  return { status: 200, body };
}

/** One page of a collection. */
export function page(items: object[], next = ""): Answer {
  return { status: 200, body: { items, metadata: { continue: next } } };
}

/** A refusal with the `Status` that the API server explains it with. */
export function refusal(code: number, message: string, details: object = {}, headers = {}): Answer {
  return { status: code, body: { kind: "Status", status: "Failure", code, message, details }, headers };
}

/** How the API server words a JSON patch whose `test` does not hold. */
export const UNAPPLIED_PATCH = refusal(422, "the server rejected our request due to an error in our request");

/** How the API server answers an eviction that a PodDisruptionBudget does not allow. */
export const BUDGET_EXHAUSTED = refusal(
  429,
  "Cannot evict pod as it would violate the pod's disruption budget.",
  { causes: [{ reason: "DisruptionBudget", message: "The disruption budget web needs 2 healthy pods and has 2" }] },
  { "retry-after": "10" },
);

/**
 * An HTTP server on loopback that records what it is asked, and answers as the test says. What the test says nothing
 * about does not exist (404).
 */
export class ApiServer {
  readonly requests: SeenRequest[] = [];
  readonly #server: Server;
  readonly #answers = new Map<string, Answer[]>();
  #before: (request: SeenRequest) => Answer | undefined = () => undefined;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<ApiServer> {
    const server = createServer();
    const api = new ApiServer(server);
    server.on("request", (request, response) => {
      void api.#answer(request, response);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return api;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The requests that would change something. */
  get writes(): SeenRequest[] {
    return this.requests.filter(({ method }) => method !== "GET");
  }

  /** Answers requests to that path one after the other; the last answer is given from then on. */
  on(method: string, path: string, ...answers: Answer[]): this {
    this.#answers.set(`${method} ${path}`, answers);
    return this;
  }

  /** Answers some requests otherwise, whatever their path; undefined for the others. */
  before(answer: (request: SeenRequest) => Answer | undefined): this {
    this.#before = answer;
    return this;
  }

  /** A client of this server, named `prod`. */
  cluster(basePath = ""): HttpCluster {
    return new HttpCluster({
      name: "prod",
      server: this.url + basePath,
      authenticate: () => Promise.resolve({ authorization: "Bearer token" }),
    });
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString("utf8");
    const [path = "", query] = (request.url ?? "").split("?");
    const method = request.method ?? "";
    const seen: SeenRequest = {
      method,
      path,
      query: Object.fromEntries(new URLSearchParams(query)),
      contentType: request.headers["content-type"],
      headers: request.headers,
      body: text === "" ? undefined : JSON.parse(text),
    };
    this.requests.push(seen);

    const instead = this.#before(seen);
    const script = this.#answers.get(`${method} ${path}`) ?? [];
    const answer = instead ?? (script.length > 1 ? script.shift() : script[0]) ?? refusal(404, `${path} not found`);
    if (typeof answer === "function") {
      answer(response, seen);
      return;
    }
    response.writeHead(answer.status, { "content-type": "application/json", ...answer.headers });
    response.end(typeof answer.body === "string" ? answer.body : JSON.stringify(answer.body));
  }
}
