import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { afterEach, describe, expect, it } from "vitest";
import type { Workflow } from "../../../functions/agent/agent.ts";
import type { ExecutionState } from "../../../functions/executions/start.ts";
import { requestOf, responseOf } from "../../../functions/agent/function-url.ts";
import { answerMcp } from "../../../functions/agent/mcp.ts";
import type { ToolSet } from "../../../functions/agent/tool-sets.ts";
import { unreachableEnvironment } from "../../support/scripted.ts";

const ARN = "arn:aws:states:eu-west-1:123456789012:execution:remediation:agent-call-1";
const UNREACHABLE = unreachableEnvironment(new Error("The cluster must not be asked."));
const WEB = { cluster_name: "prod", namespace: "shop", kind: "Deployment", name: "web" };

const open: Client[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((client) => client.close()));
});

/** An official client whose requests reach the function as Lambda hands them on. */
async function connected(set: ToolSet, states: ExecutionState[] = []) {
  const started: { name: string; request: unknown }[] = [];
  const workflow: Workflow = {
    start: (name, request) => {
      started.push({ name, request });
      return Promise.resolve({ executionArn: ARN, isAlready: false });
    },
    describe: () => Promise.resolve(states.shift() ?? { status: "running" }),
    sleep: () => Promise.resolve(),
  };
  const called = {
    invocation: () => ({ id: "call-1", remainingMilliseconds: () => 60_000 }),
    environment: UNREACHABLE,
    workflow,
  };
  const transport = new StreamableHTTPClientTransport(new URL("https://abc.lambda-url.eu-west-1.on.aws/"), {
    fetch: async (url, init) => {
      const sent = new Request(url, init);
      const event = {
        version: "2.0",
        rawPath: "/",
        headers: Object.fromEntries(sent.headers),
        requestContext: { domainName: sent.headers.get("host") ?? "abc", http: { method: sent.method } },
        body: sent.body === null ? undefined : Buffer.from(await sent.arrayBuffer()).toString("base64"),
        isBase64Encoded: true,
      };
      const { statusCode: status, headers, body } = await responseOf(await answerMcp(requestOf(event), set, called));
      return new Response([202, 204].includes(status) ? null : body, { status, headers });
    },
  });
  const client = new Client({ name: "an agent", version: "1" });
  await client.connect(transport);
  open.push(client);
  return { client, started };
}

describe("the server for agents that speak the Model Context Protocol", () => {
  it("has the tools that change nothing apart from those that may", async () => {
    const names = async (set: ToolSet) => {
      const { tools } = await (await connected(set)).client.listTools();
      return tools.map(({ name, annotations }) => `${name}${annotations?.readOnlyHint === true ? " (reads)" : ""}`);
    };

    expect(await names("read")).toEqual(["detect_failures (reads)", "diagnose (reads)", "status (reads)"]);
    expect(await names("act")).toEqual([
      "status (reads)",
      "remediate",
      "restart_pod",
      "rollback_deployment",
      "scale_deployment",
      "undo",
      "approve",
      "decline",
    ]);
  });

  it("says of every tool and every field what it is for", async () => {
    for (const set of ["read", "act"] as const) {
      const { tools } = await (await connected(set)).client.listTools();
      for (const { name, description = "", inputSchema } of tools) {
        expect(description.length, name).toBeGreaterThan(100);
        expect(inputSchema.additionalProperties, `${name} takes nothing else`).toBe(false);
        for (const [field, schema] of Object.entries(inputSchema.properties ?? {})) {
          expect((schema as { description?: string }).description, `${name}: ${field}`).toMatch(/\.$/);
        }
      }
    }
  });

  it("starts the workflow as an agent, once for each key", async () => {
    const { client, started } = await connected("act", [{ status: "running", input: { ...WEB, action: "remediate" } }]);

    const answer = await client.callTool({ name: "remediate", arguments: { ...WEB, idempotency_key: "4711" } });

    expect(answer.structuredContent).toEqual({ execution_arn: ARN, status: "running" });
    expect(started).toEqual([
      { name: expect.stringMatching(/^agent-[0-9a-f]{32}$/) as string, request: { ...WEB, action: "remediate" } },
    ]);
  });

  it("answers with the outcome when it is waited for", async () => {
    const output = { outcomes: ["Recovered"], workloads: [] };
    const { client } = await connected("read", [{ status: "succeeded", output }]);

    const answer = await client.callTool({ name: "diagnose", arguments: { ...WEB, wait: true } });

    expect(answer.structuredContent).toEqual({ execution_arn: ARN, status: "succeeded", output });
  });

  it("has an execution's change taken back as the request for that does, with what its record holds", async () => {
    const { client, started } = await connected("act");
    const change = { kind: "scale", scale: { target: "replicas", from: 2, to: 3 } };
    const undo = { ...WEB, execution: "agent-1", change, uid: "u-1" };

    await client.callTool({ name: "undo", arguments: undo });
    const guessed = await client.callTool({ name: "undo", arguments: { ...undo, change: { kind: "delete" } } });

    expect(started.map(({ request }) => request)).toEqual([{ ...undo, action: "undo" }]);
    expect(guessed.isError).toBe(true);
    expect(JSON.stringify(guessed.content)).toContain("change");
  });

  it.each<[string, ToolSet, string, object, string]>([
    ["that acts, where only reading is served", "read", "remediate", WEB, "remediate"],
    ["with a field that it does not know", "act", "remediate", { ...WEB, force: true }, "force"],
    ["that claims to be a person", "act", "remediate", { ...WEB, origin: "person" }, "origin"],
    [
      "without its namespace",
      "act",
      "remediate",
      { cluster_name: "prod", kind: "Deployment", name: "web" },
      "namespace",
    ],
    [
      "for zero replicas",
      "act",
      "scale_deployment",
      { cluster_name: "prod", namespace: "shop", deployment_name: "web", replicas: 0 },
      "replicas",
    ],
    [
      "for somebody else's execution",
      "read",
      "status",
      { execution_arn: ARN.replace("agent-", "schedule-") },
      "execution_arn",
    ],
  ])("refuses a call %s, in words that name it", async (_what, set, name, given, word) => {
    const { client, started } = await connected(set);

    const said = await client
      .callTool({ name, arguments: { ...given } })
      .then(({ isError, content }) => (isError === true ? JSON.stringify(content) : "no error"))
      .catch((error: unknown) => String(error));

    expect(said).toContain(word);
    expect(said).not.toBe("no error");
    expect(started).toEqual([]);
  });
});

describe("a function behind a URL", () => {
  it("takes nothing that did not come through it", () => {
    expect(() => requestOf({ action: "remediate" })).toThrow(
      expect.objectContaining({ name: "InvalidRequest" }) as Error,
    );
  });
});
