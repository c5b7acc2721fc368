import * as http from "node:http";
import * as https from "node:https";
import type { Socket } from "node:net";
import type { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { RemediationError } from "../errors.ts";
import { bounded } from "../text.ts";
import { timeLeft } from "../time-left.ts";
import { withoutCredentials } from "./credentials.ts";

/** Who asks. API servers name the writer of a field by it. */
export const USER_AGENT = "eks-remediation";

/** How to reach an API server and prove who is asking. */
export interface Connection {
  name: string;
  /** Base URL, for example `https://ABC.gr7.eu-west-1.eks.amazonaws.com`; plain `http` only makes sense on loopback. */
  server: string;
  /** TLS options: `ca`, and `cert` and `key` for client certificates. */
  tls?: Pick<https.RequestOptions, "ca" | "cert" | "key" | "servername" | "rejectUnauthorized">;
  /** Headers that authenticate; called for each request, so that a token can be refreshed. */
  authenticate: () => Promise<Record<string, string>>;
  /** Looks the cluster up anew; absent where there is nothing to look it up by. @throws what looking it up may throw */
  renew?: () => Promise<Connection>;
}

/** How somebody else reaches the API server as the same user, for as long as the headers are good. */
export interface Access extends Pick<Connection, "server" | "tls"> {
  headers: Record<string, string>;
}

/** One request. */
export interface Call {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  path: string;
  accept?: string;
  query?: Record<string, string>;
  body?: unknown;
  contentType?: string;
  /** How many bytes of an answer are taken, once uncompressed; 64 MiB when nothing is said. */
  most?: number;
}

/** What came back, whatever its status. */
export interface Answer {
  status: number;
  retryAfterSeconds: number | undefined;
  body: string;
}

/** What is read in one request is in memory several times over while it is taken apart. */
const MOST_BYTES = 64 * 2 ** 20;
/** An endpoint that has not taken up a connection, TLS included, for this long is given up. */
const CONNECT_TIMEOUT_MS = 3_000;
/** A request that has had no byte of answer for this long is given up. */
const REQUEST_TIMEOUT_MS = 20_000;

/**
 * Sends one request, and waits for its answer for as long as the step has.
 * @throws RemediationError `ClusterUnreachable` when there is no connection, or it is lost; `ClusterUnavailable` when the answer
 *   did not come in the time that the step has; `Unauthorized` when the request cannot even be sent
 */
export async function exchange(connection: Connection, agent: http.Agent, call: Call): Promise<Answer> {
  const url = urlOf(connection, call);
  const body = call.body === undefined ? undefined : JSON.stringify(call.body);
  const credentials = await connection.authenticate();
  const headers: Record<string, string> = {
    accept: call.accept ?? "application/json",
    "accept-encoding": "gzip",
    "user-agent": USER_AGENT,
    ...credentials,
  };
  if (body !== undefined) {
    headers["content-type"] = call.contentType ?? "application/json";
    headers["content-length"] = String(Buffer.byteLength(body));
  }
  const left = timeLeft();
  if (left <= 0) throw outOfTime(connection, call);

  const { request } = url.protocol === "https:" ? https : http;
  return await new Promise<Answer>((resolve, reject) => {
    const fail = (error: Error) => {
      reject(error instanceof RemediationError ? error : unreachable(connection, url.origin, error));
    };
    const answered = (res: http.IncomingMessage) => {
      const chunks: Buffer[] = [];
      let left = call.most ?? MOST_BYTES;
      const content = uncompressed(res);
      content.on("data", (chunk: Buffer) => {
        left -= chunk.length;
        if (left >= 0) chunks.push(chunk);
        else {
          fail(tooMuch(connection.name, `${call.method} ${call.path}`, call.most ?? MOST_BYTES));
          res.destroy();
          content.destroy();
        }
      });
      content.on("error", fail);
      content.on("end", () => {
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
      const options = { method: call.method, headers, agent, timeout: REQUEST_TIMEOUT_MS };
      req = request(url, { ...connection.tls, ...options }, answered);
    } catch (error) {
      // Node refuses a header that holds a line break, and certificates and keys that it cannot read.
      const message = `${connection.name}: the request cannot be sent (${bounded((error as Error).message)}). Check the credentials and the CA certificate.`;
      reject(new RemediationError("Unauthorized", message, { cause: error }));
      return;
    }
    const giveUp = (error: Error) => req.destroy(error);
    if (left !== Infinity) {
      const over = setTimeout(() => {
        fail(outOfTime(connection, call));
        giveUp(new Error("out of time"));
      }, left);
      req.on("close", () => {
        clearTimeout(over);
      });
    }
    req.on("socket", (socket) => {
      giveUpUnconnected(socket, url.protocol === "https:" ? "secureConnect" : "connect", giveUp);
    });
    req.on("timeout", () => giveUp(new Error(`no data for ${REQUEST_TIMEOUT_MS / 1_000} s`)));
    req.on("error", fail);
    req.end(body);
  });
}

/** What was sent, as it is: an API server compresses long answers where it is let. */
function uncompressed(res: http.IncomingMessage): Readable {
  if (res.headers["content-encoding"] !== "gzip") return res;
  const content = createGunzip();
  // `pipe` does not pass on that an answer was cut off on its way.
  res.on("error", (error) => content.destroy(error));
  return res.pipe(content);
}

/** Whether the API server did what it was asked for. */
export function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}

function urlOf(connection: Connection, call: Call): URL {
  const url = URL.parse(connection.server);
  if (url === null) {
    throw new RemediationError("ClusterUnreachable", `${connection.name}: the endpoint is not a URL. Correct it.`);
  }
  url.pathname = url.pathname.replace(/\/$/, "") + call.path;
  url.search = new URLSearchParams(call.query).toString();
  return url;
}

/** The sockets that have been given to a request before: an agent hands out again only what is connected. */
const used = new WeakSet<Socket>();

/** Gives up where packets are dropped, or something takes the connection up and says nothing: neither ends by itself. */
function giveUpUnconnected(
  socket: Socket,
  connected: "connect" | "secureConnect",
  giveUp: (error: Error) => void,
): void {
  if (used.has(socket)) return;
  used.add(socket);
  const timer = setTimeout(() => {
    giveUp(new Error(`no connection within ${CONNECT_TIMEOUT_MS / 1_000} s`));
  }, CONNECT_TIMEOUT_MS);
  for (const end of [connected, "close"]) {
    socket.once(end, () => {
      clearTimeout(timer);
    });
  }
}

function outOfTime({ name }: Connection, { method, path }: Call): RemediationError {
  return new RemediationError(
    "ClusterUnavailable",
    `${name}: ${method} ${path} had no answer in the time that the step has. Look at the API server's load, and at how much there is to read.`,
  );
}

/** The error of an answer that is larger than what may be in memory. */
export function tooMuch(cluster: string, call: string, bytes: number): RemediationError {
  return new RemediationError(
    "TooMuchToRead",
    `${cluster}: ${call} answered with more than ${Math.round(bytes / 2 ** 20)} MiB. Look for objects that are unusually many or large there.`,
  );
}

function unreachable({ name }: Connection, origin: string, error: Error): RemediationError {
  const said = bounded(error.message);
  const message = isAboutItsCertificate(error)
    ? `${name}: what answers at ${origin} has no certificate of this cluster (${said}). The cluster may have been made anew, or something on the way answers in its place.`
    : `${name}: no answer from ${origin} (${said}). Check the endpoint, the network path and the security group.`;
  return new RemediationError("ClusterUnreachable", message, { cause: error });
}

/** Whether TLS failed over who the server is. Source: nodejs.org/api/tls.html, "X509 certificate error codes" */
function isAboutItsCertificate(error: Error): boolean {
  const code = (error as NodeJS.ErrnoException).code ?? "";
  return /^(CERT_|ERR_TLS_CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_)/.test(code);
}
