import * as http from "node:http";
import * as https from "node:https";
import type { Connection } from "../../../functions/shared/cluster/http-cluster.ts";

/** What the API server answered, read to its end. */
export interface Forwarded {
  status: number;
  headers: http.IncomingHttpHeaders;
  body: Buffer;
}

/** A request that is handed on. */
export interface Outgoing {
  method: string;
  /** With its query. */
  path: string;
  headers: http.IncomingHttpHeaders;
  body: Buffer;
}

/** Belong to one connection, not to the message. Source: RFC 9110, section 7.6.1 */
const HOP_BY_HOP = ["connection", "keep-alive", "transfer-encoding", "te", "trailer", "upgrade", "proxy-connection"];

/** Hands requests on to an API server, over connections that are kept. */
export class Upstream {
  readonly #connection: Connection;
  readonly #agent: http.Agent;

  constructor(connection: Connection) {
    this.#connection = connection;
    const options = { keepAlive: true, maxSockets: 64 };
    this.#agent = connection.server.startsWith("https:") ? new https.Agent(options) : new http.Agent(options);
  }

  /** Hands one request on with the connection's own credentials. @throws Error when the API server cannot be reached */
  async forward({ method, path, headers, body }: Outgoing): Promise<Forwarded> {
    const url = new URL(path, this.#connection.server);
    const { request } = url.protocol === "https:" ? https : http;
    const sent = { ...endToEnd(headers), ...(await this.#connection.authenticate()), host: url.host };
    // Some of a connection's headers say who asks; the one who asks through the proxy says so itself.
    const agent = headers["user-agent"] === undefined ? {} : { "user-agent": headers["user-agent"] };
    return await new Promise((resolve, reject) => {
      const outgoing = request(
        url,
        { ...this.#connection.tls, method, headers: { ...sent, ...agent }, agent: this.#agent },
        (response) => {
          const chunks: Buffer[] = [];
          response.on("data", (chunk: Buffer) => chunks.push(chunk));
          response.on("error", reject);
          response.on("end", () => {
            resolve({
              status: response.statusCode ?? 0,
              headers: endToEnd(response.headers),
              body: Buffer.concat(chunks),
            });
          });
        },
      );
      outgoing.on("error", reject);
      outgoing.end(body);
    });
  }

  /** Closes the connections that are kept. */
  close(): void {
    this.#agent.destroy();
  }
}

function endToEnd(headers: http.IncomingHttpHeaders): http.IncomingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_BY_HOP.includes(name)));
}
