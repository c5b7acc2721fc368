import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { requestOf, responseOf } from "../../../functions/agent/function-url.ts";
import { answerMcp } from "../../../functions/agent/mcp.ts";
import { unreachableEnvironment } from "../../support/scripted.ts";

const PACKAGE = createRequire(import.meta.url).resolve("@modelcontextprotocol/conformance/package.json");
const SUITE = join(dirname(PACKAGE), "dist", "index.js");
const CALLED = {
  invocation: () => ({ id: "call-1", remainingMilliseconds: () => 60_000 }),
  environment: unreachableEnvironment(new Error("The cluster must not be asked.")),
  workflow: {
    start: () => Promise.reject(new Error("Nothing is started.")),
    describe: () => Promise.reject(new Error("Nothing is looked at.")),
    sleep: () => Promise.resolve(),
  },
};

/** Hands requests on as Lambda does. */
async function eventOf(incoming: IncomingMessage): Promise<object> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return {
    rawPath: incoming.url,
    headers: Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, String(value)])),
    requestContext: { domainName: incoming.headers.host, http: { method: incoming.method } },
    ...(chunks.length === 0 ? {} : { body: Buffer.concat(chunks).toString("base64"), isBase64Encoded: true }),
  };
}

let server: Server;
let url: string;
beforeAll(async () => {
  server = createServer((incoming, outgoing) => {
    void eventOf(incoming)
      .then(async (event) => await responseOf(await answerMcp(requestOf(event), "act", CALLED)))
      .then(({ statusCode, headers, body }) => outgoing.writeHead(statusCode, headers).end(body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});
afterAll(() => {
  server.close();
});

describe("the protocol's own suite", () => {
  // The others call tools, resources and prompts that a server has for the suite alone.
  it.each(["server-initialize", "ping", "tools-list"])("is content: %s", async (scenario) => {
    const { stdout } = await promisify(execFile)(process.execPath, [
      ...[SUITE, "server", "--url", url, "--scenario", scenario],
    ]);

    expect(stdout).toMatch(/Passed: (\d+)\/\1, 0 failed/);
  });
});
