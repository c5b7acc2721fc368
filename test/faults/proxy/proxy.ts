import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { Connection } from "../../../functions/shared/cluster/http-cluster.ts";
import { carriedOut, spoiledBody, statusBody, type Fault, type TroubleName } from "./fault.ts";
import type { Forwarded, Outgoing, Upstream } from "./forward.ts";
import { NO_FAULTS, type FaultPlan } from "./plan.ts";

/** A request that came through, and what became of it. */
export interface ProxiedRequest {
  /** Which one it was, from 1. */
  number: number;
  method: string;
  /** Without its query. */
  path: string;
  query: string;
  /** Who asked: the `user-agent`. */
  by: string;
  fault: TroubleName | undefined;
  /** What the API server answered; undefined when it never heard of the request. */
  upstream: number | undefined;
}

export interface FaultProxyOptions {
  upstream: Pick<Upstream, "forward">;
  plan?: FaultPlan;
  /** The bearer token that whoever asks has to show; without one, nobody has to. It is not handed on. */
  token?: string;
  /** Whether a refusal repeats the headers of the request, as a proxy does that is being debugged. */
  echo?: boolean;
  /** Is told of every request that was handed on, and of what it was answered. */
  onForwarded?: (request: Outgoing, answer: Forwarded) => void;
}

/**
 * Stands between the functions and an API server, spoils the requests that its plan names, and remembers what it did.
 * It holds the credentials; whoever reaches it over loopback needs none, unless a token is asked for.
 */
export class FaultProxy {
  /** In the order in which they came. */
  readonly requests: ProxiedRequest[] = [];
  readonly #server = createServer();
  readonly #upstream: FaultProxyOptions["upstream"];
  readonly #plan: FaultPlan;
  readonly #token: string | undefined;
  readonly #echo: boolean;
  readonly #onForwarded: FaultProxyOptions["onForwarded"];

  private constructor({ upstream, plan = NO_FAULTS, token, echo = false, onForwarded }: FaultProxyOptions) {
    this.#upstream = upstream;
    this.#plan = plan;
    this.#token = token;
    this.#echo = echo;
    this.#onForwarded = onForwarded;
    this.#server.on("request", (request, response) => {
      this.#serve(request, response).catch(() => response.destroy());
    });
  }

  /** Listens on a free port of loopback. */
  static async start(options: FaultProxyOptions): Promise<FaultProxy> {
    const proxy = new FaultProxy(options);
    await new Promise<void>((resolve) => proxy.#server.listen(0, "127.0.0.1", resolve));
    return proxy;
  }

  /** How one function reaches the API server through this proxy. */
  connection(name: string, headers: Record<string, string> = {}): Connection {
    const { port } = this.#server.address() as AddressInfo;
    return {
      name,
      server: `http://127.0.0.1:${port}`,
      authenticate: () => Promise.resolve(headers),
    };
  }

  /** Stops listening, and cuts what is still open. */
  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = "GET", url = "/" } = request;
    const { authorization, ...others } = request.headers;
    const headers = this.#token === undefined ? request.headers : others;
    const repeated = this.#echo ? ` It came with ${JSON.stringify(request.headers)}` : "";
    const number = this.requests.length + 1;
    const name = this.#plan({ number, method, path: url });
    const [path = "", query = ""] = url.split("?");
    const seen: ProxiedRequest = {
      number,
      method,
      path,
      query,
      by: headers["user-agent"] ?? "",
      fault: name,
      upstream: undefined,
    };
    this.requests.push(seen);
    const body = await bodyOf(request);
    const fault = name === undefined ? undefined : carriedOut(name);

    if (fault?.kind === "swallow") return;
    if (fault?.kind === "cut") {
      request.socket.destroy();
      return;
    }
    if (fault?.kind === "answer") {
      refuse(response, fault, repeated);
      return;
    }
    if (this.#token !== undefined && authorization !== `Bearer ${this.#token}`) {
      refuse(response, { status: 401, reason: "Unauthorized" }, repeated);
      return;
    }
    if (fault?.kind === "delay") await sleep(fault.milliseconds);
    const outgoing = { method, path: url, headers, body };
    const forwarded = await this.#upstream.forward(outgoing);
    seen.upstream = forwarded.status;
    this.#onForwarded?.(outgoing, forwarded);
    if (fault?.kind === "stall") {
      stall(response, forwarded, fault.after);
      return;
    }
    if (fault?.kind === "drip") {
      await drip(response, forwarded, fault.milliseconds);
      return;
    }
    answer(request, response, forwarded, fault?.kind === "spoil" ? fault.how : undefined);
  }
}

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { status, headers, body }: Forwarded,
  how: Extract<Fault, { kind: "spoil" }>["how"] | undefined,
): void {
  switch (how) {
    case undefined:
      response.writeHead(status, headers).end(body);
      return;
    case "lose":
      request.socket.destroy();
      return;
    case "time-out":
      refuse(response, { status: 504, reason: "Timeout" });
      return;
    case "cut-after":
      response.writeHead(status, { ...headers, "content-length": body.length });
      response.end(body, () => {
        request.socket.destroySoon();
      });
      return;
    case "cut-within":
      // The length that was announced is never reached.
      response.writeHead(status, { ...headers, "content-length": body.length });
      response.write(spoiledBody(how, body), () => {
        request.socket.destroySoon();
      });
      return;
    case "truncate":
    case "corrupt": {
      const spoiled = spoiledBody(how, body);
      response.writeHead(status, { ...headers, "content-length": spoiled.length }).end(spoiled);
    }
  }
}

/** The first part of an answer; the rest never comes. */
function stall(
  response: ServerResponse,
  { status, headers, body }: Forwarded,
  after: Extract<Fault, { kind: "stall" }>["after"],
): void {
  if (after === "nothing") return;
  response.writeHead(status, { ...headers, "content-length": body.length });
  if (after === "headers") response.flushHeaders();
  else response.write(body.subarray(0, Math.floor(body.length / 2)));
}

/** An answer that comes byte by byte, until whoever waits for it gives up. */
async function drip(
  response: ServerResponse,
  { status, headers, body }: Forwarded,
  milliseconds: number,
): Promise<void> {
  response.writeHead(status, { ...headers, "content-length": body.length });
  for (let sent = 0; sent < body.length && !response.destroyed; sent++) {
    response.write(body.subarray(sent, sent + 1));
    await sleep(milliseconds, undefined, { ref: false });
  }
  response.end();
}

function refuse(
  response: ServerResponse,
  { status, reason, retryAfter }: { status: number; reason: string; retryAfter?: number },
  more = "",
): void {
  const body = statusBody(status, `${reason}${more}`);
  response
    .writeHead(status, {
      "content-type": "application/json",
      "content-length": Buffer.byteLength(body),
      ...(retryAfter === undefined ? {} : { "retry-after": String(retryAfter) }),
    })
    .end(body);
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
