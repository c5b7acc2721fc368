import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A request as a Git server sees it. */
export interface GitCall {
  method: string;
  /** The path and the query, without the address of the API. */
  path: string;
  headers: IncomingMessage["headers"];
  body: Record<string, unknown>;
}

/** What a Git server answers. */
export interface GitAnswer {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
}

/** What goes wrong: an answer in the place of the server's own; or `lost`, where what was asked is done, and nobody is told. */
export type Trouble = (call: GitCall) => GitAnswer | "lost" | undefined;

/** A server that answers as a Git server's documented API does, to whoever has its token. */
export class GitServerStandIn {
  readonly calls: GitCall[] = [];
  trouble: Trouble = () => undefined;
  #server = createServer((request, response) => {
    void this.#answer(request, response);
  });
  readonly #respond: (call: GitCall) => GitAnswer;

  constructor(respond: (call: GitCall) => GitAnswer) {
    this.#respond = respond;
  }

  /** Its address. */
  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  /** What was written, beginning with the method. */
  get writes(): string[] {
    return this.calls.filter(({ method }) => method !== "GET").map(({ method, path }) => `${method} ${path}`);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const text = Buffer.concat(parts).toString("utf8");
    const body = (text === "" ? {} : JSON.parse(text)) as Record<string, unknown>;
    const call = { method: request.method ?? "", path: request.url ?? "", headers: request.headers, body };
    this.calls.push(call);
    const trouble = this.trouble(call);
    const answer = trouble === undefined || trouble === "lost" ? this.#respond(call) : trouble;
    if (trouble === "lost") {
      request.socket.resetAndDestroy();
      return;
    }
    response.writeHead(answer.status, { "content-type": "application/json", ...answer.headers });
    response.end(answer.body === undefined ? "" : JSON.stringify(answer.body));
  }
}
