import * as http from "node:http";
import * as https from "node:https";
import { RemediationError } from "../errors.ts";
import { bounded } from "../text.ts";
import { withoutCredentials } from "./credentials.ts";

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

/** One request. */
export interface Call {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  path: string;
  accept?: string;
  query?: Record<string, string>;
  body?: unknown;
  contentType?: string;
}

/** What came back, whatever its status. */
export interface Answer {
  status: number;
  retryAfterSeconds: number | undefined;
  body: string;
}

/** A request that has had no byte of answer for this long is given up. */
const REQUEST_TIMEOUT_MS = 20_000;

/** Sends requests to an API server over connections that are kept, and brings back what it answers. */
export class Transport {
  readonly #connection: Connection;
  readonly #agent: http.Agent;

  constructor(connection: Connection) {
    this.#connection = connection;
    const options = { keepAlive: true, maxSockets: 16 };
    this.#agent = connection.server.startsWith("https:") ? new https.Agent(options) : new http.Agent(options);
  }

  /** @throws RemediationError `ClusterUnreachable`, `Unauthorized` when the request cannot even be sent */
  async send(call: Call): Promise<Answer> {
    const url = URL.parse(this.#connection.server);
    if (url === null) {
      throw new RemediationError(
        "ClusterUnreachable",
        `${this.#connection.name}: the endpoint is not a URL. Correct it.`,
      );
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
        const message = `${this.#connection.name}: no answer from ${url.origin} (${bounded(error.message)}). Check the endpoint, the network path and the security group.`;
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
        const message = `${this.#connection.name}: the request cannot be sent (${bounded((error as Error).message)}). Check the credentials and the CA certificate.`;
        reject(new RemediationError("Unauthorized", message, { cause: error }));
        return;
      }
      req.on("timeout", () => req.destroy(new Error(`no data for ${REQUEST_TIMEOUT_MS / 1_000} s`)));
      req.on("error", fail);
      req.end(body);
    });
  }
}

/** Whether the API server did what it was asked for. */
export function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}
