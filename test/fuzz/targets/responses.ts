import { createServer, type Server } from "node:net";
import fc from "../../support/properties.ts";
import { HttpCluster } from "../../../functions/shared/cluster/http-cluster.ts";
import { hostileText } from "../../support/hostile.ts";
import { hold, resultOf } from "../broken.ts";
import { field, type Target } from "../target.ts";
import { isRecord } from "../world.ts";

const PATH = "/api/v1/namespaces/shop/pods";
const OBJECT = JSON.stringify({ kind: "Pod", metadata: { name: "web" } });
const STATUS = JSON.stringify({ kind: "Status", message: "no", details: { causes: [{ reason: "DisruptionBudget" }] } });
const LIST = JSON.stringify({ kind: "List", items: [{}], metadata: { continue: "" } });

const answered = (status: string, body: string, headers = "") =>
  `HTTP/1.1 ${status}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n${headers}\r\n${body}`;

/** One server for all inputs; what it answers is what the present input says. */
let listening: Promise<{ server: Server; port: number }> | undefined;
let bytes: Buffer = Buffer.alloc(0);
let served = 0;

function listen(): Promise<{ server: Server; port: number }> {
  listening ??= new Promise((resolve) => {
    const server = createServer((socket) => {
      socket.on("error", () => socket.destroy());
      socket.on("data", () => {
        served++;
        socket.end(bytes);
      });
    }).listen(0, "127.0.0.1", () => {
      server.unref();
      const address = server.address();
      resolve({ server, port: typeof address === "object" && address !== null ? address.port : 0 });
    });
  });
  return listening;
}

export const responses: Target = {
  name: "responses",
  summary: "the HTTP client, with whatever bytes a server answers",
  words: [
    "HTTP/1.1 200 OK\r\n\r\n{}",
    "transfer-encoding: chunked\r\n",
    "retry-after: 1e9\r\n",
    "0\r\n\r\n",
    "list",
    "get",
  ],
  seeds: fc.record({
    call: fc.constantFrom("replace", "patch", "delete", "evict", "list"),
    answer: fc.oneof(
      fc.constantFrom(
        answered("200 OK", OBJECT),
        answered("200 OK", LIST),
        answered("409 Conflict", STATUS),
        answered("422 No", STATUS),
        answered("429 No", STATUS, "retry-after: 1\r\n"),
        answered("500 No", "<html>"),
        answered("302 Found", "", "location: http://127.0.0.1:1/\r\n"),
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
      ),
      hostileText.map((text) => answered("200 OK", text)),
      hostileText.map((text) => answered("403 Forbidden", JSON.stringify({ message: text }))),
    ),
  }),
  run: async (input) => {
    const { port } = await listen();
    const answer = field(input, "answer");
    bytes = Buffer.from(typeof answer === "string" ? answer : JSON.stringify([answer]));
    served = 0;
    const cluster = new HttpCluster({
      name: "prod",
      server: `http://127.0.0.1:${port}`,
      authenticate: () => Promise.resolve({ authorization: "Bearer secret-token-of-the-fuzzer" }),
    });
    const call = callOf(cluster, field(input, "call"), bytes.toString());
    const outcome = await resultOf(call);
    hold(served <= 4, () => `one call became ${served} requests`);
    if ("result" in outcome && outcome.result !== undefined) {
      hold(isRecord(outcome.result) || Array.isArray(outcome.result), () => "the answer is no object");
    }
  },
};

/** A read is tried again after a pause where the server fails, so reads meet those answers alone that are the last. */
function callOf(cluster: HttpCluster, name: unknown, text: string): () => Promise<unknown> {
  const isLast = /^HTTP\/1\.1 (2\d\d|4(?!29)\d\d) [^\r\n]*\r\ncontent-length: \d+\r\n\r\n/.test(text);
  if (name === "list" && isLast) return () => cluster.list(PATH);
  if (name === "get" && isLast) return () => cluster.get(`${PATH}/web`);
  if (name === "patch") return () => cluster.patch(`${PATH}/web`, []);
  if (name === "delete") return () => cluster.delete(`${PATH}/web`, { uid: "u" });
  if (name === "evict") return () => cluster.evict("shop", "web", { uid: "u" });
  return () => cluster.replace(`${PATH}/web`, {});
}
