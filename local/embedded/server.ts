import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Api } from "./api/handler.ts";
import type { Answer, ApiRequest } from "./api/request.ts";
import { routeOf } from "./api/route.ts";
import { PROTOBUF, secretAsJson } from "./protobuf.ts";
import type { Store } from "./store.ts";

/** A request that was answered, in the terms of an audit log. */
export interface AnsweredRequest {
  verb: "get" | "list" | "watch" | "create" | "update" | "patch" | "delete" | "deletecollection";
  /** With the query. */
  uri: string;
  /** With the subresource, such as `pods/eviction`; empty for what is no resource. */
  resource: string;
  userAgent: string;
  status: number;
}

export interface ServerOptions {
  /** By default any that is free. */
  port?: number;
  /** Is told of every request, in the terms of an audit log and as it came. */
  onAnswered?: (request: AnsweredRequest, sent: ApiRequest) => void;
}

export interface RunningServer {
  /** Plain HTTP on loopback. */
  url: string;
  stop: () => Promise<void>;
}

/** Serves the API of a store on loopback, until it is stopped. Whoever reaches it may do everything. */
export async function startApiServer(
  store: Store,
  { port = 0, onAnswered }: ServerOptions = {},
): Promise<RunningServer> {
  const api = new Api(store);
  const server = createServer((message, response) => {
    requestOf(message).then(
      (request) => {
        const status = send(store, response, api.answer(request));
        onAnswered?.(audited(store, request, message, status), request);
      },
      () => response.destroy(),
    );
  });
  // A connection that is closed while a client begins its next request fails that: it is kept until the end.
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: async () => {
      api.stop();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function requestOf(message: IncomingMessage): Promise<ApiRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  const [path = "", query = ""] = (message.url ?? "").split("?");
  const { accept, "content-type": sentAs, "user-agent": userAgent } = message.headers;
  const bytes = Buffer.concat(chunks);
  const secret = sentAs === PROTOBUF ? secretAsJson(bytes) : undefined;
  const contentType = secret === undefined ? sentAs : "application/json";
  return {
    method: message.method ?? "GET",
    path,
    query: new URLSearchParams(query),
    ...(accept === undefined ? {} : { accept }),
    ...(contentType === undefined ? {} : { contentType }),
    ...(userAgent === undefined ? {} : { userAgent }),
    body: secret ?? bytes.toString("utf8"),
  };
}

/** Sends an answer. @returns its status */
function send(store: Store, response: ServerResponse, answer: Answer): number {
  if ("watch" in answer) {
    stream(store, response, answer);
    return 200;
  }
  const { status, body, headers } = answer;
  const text = typeof body === "string";
  response.writeHead(status, { "content-type": text ? "text/plain; charset=utf-8" : "application/json", ...headers });
  response.end(text ? body : JSON.stringify(body));
  return status;
}

/** Sends the events of a watch, one JSON object a line, until either side ends it. */
function stream(
  store: Store,
  response: ServerResponse,
  { watch, timeoutSeconds }: Extract<Answer, { watch: unknown }>,
) {
  response.writeHead(200, { "content-type": "application/json" });
  response.flushHeaders();
  const end = watch((event) => {
    response.write(`${JSON.stringify(event)}\n`);
    if ((event as { type?: string }).type === "ERROR") response.end();
  });
  const forget = timeoutSeconds === undefined ? undefined : store.clock.after(timeoutSeconds, () => response.end());
  response.on("close", () => {
    end();
    forget?.();
  });
}

function audited(
  store: Store,
  { method, query }: ApiRequest,
  { url = "", headers }: IncomingMessage,
  status: number,
): AnsweredRequest {
  const [path = ""] = url.split("?");
  const { resource, name, subresource } = routed(store, path);
  return {
    verb: verbOf(method, name === undefined, query),
    uri: url,
    resource: [resource, subresource].filter((part) => part !== undefined).join("/"),
    userAgent: headers["user-agent"] ?? "",
    status,
  };
}

function routed(
  store: Store,
  path: string,
): { resource?: string; name?: string | undefined; subresource?: string | undefined } {
  try {
    const route = routeOf(path, store.resources);
    return route === undefined ? {} : { ...route, resource: route.resource.plural };
  } catch {
    return {};
  }
}

function verbOf(method: string, collection: boolean, query: URLSearchParams): AnsweredRequest["verb"] {
  switch (method) {
    case "POST":
      return "create";
    case "PUT":
      return "update";
    case "PATCH":
      return "patch";
    case "DELETE":
      return collection ? "deletecollection" : "delete";
    default:
      if (["1", "true"].includes(query.get("watch") ?? "")) return "watch";
      return collection ? "list" : "get";
  }
}
