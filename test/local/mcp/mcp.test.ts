import { dirname, join } from "node:path";
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Started } from "../../../functions/agent/agent.ts";
import { Detection } from "../../../functions/run/detection.ts";
import { quickPolicy } from "../../../local/scenarios/quick-policy.ts";
import { CommandLine, run } from "../command-line/command-line.ts";
import { startSite, type Site } from "../command-line/site.ts";

const MAIN = fileURLToPath(new URL("../../../local/command-line/main.ts", import.meta.url));
const WEB = { namespace: "shop", kind: "Deployment", name: "web" };
const SCALING = { namespace: "shop", deployment_name: "web", replicas: 3 };

let site: Site;
const open: Client[] = [];
beforeEach(async () => {
  site = await startSite();
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((client) => client.close()));
  await site.stop();
});

/** The arguments of the server, for the cluster of the site. */
function args(...more: string[]): string[] {
  const policy = join(dirname(site.record), "policy.json");
  writeFileSync(policy, JSON.stringify(quickPolicy({ verify: { soak_seconds: 1, interval_seconds: 1 } })));
  return ["mcp", ...site.args.slice(0, 2), "--policy", policy, "--record", site.record, ...more];
}

/** An official client that has started the server, as an agent does. */
async function connected(...more: string[]): Promise<{ client: Client; errors: Error[] }> {
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [MAIN, ...args(...more)],
    env: { PATH: process.env["PATH"] ?? "" },
    stderr: "pipe",
  });
  const client = new Client({ name: "an agent", version: "1" });
  // What is no message of the protocol is an error of the transport.
  const errors: Error[] = [];
  client.onerror = (error) => errors.push(error);
  await client.connect(transport);
  open.push(client);
  return { client, errors };
}

/** The outcome of what a tool has started, however long it takes. */
async function outcomeOf(client: Client, name: string, given: Record<string, unknown>): Promise<Started> {
  const called = await client.callTool({ name, arguments: given });
  let answer = Started.parse(called.structuredContent);
  while (answer.status === "running") {
    const { execution_arn } = answer;
    const followed = await client.callTool({ name: "status", arguments: { execution_arn, wait: true } });
    answer = Started.parse(followed.structuredContent);
  }
  return answer;
}

describe("the server on one machine", () => {
  it("has the tools that change nothing, and needs no name of the cluster", async () => {
    const { client, errors } = await connected();
    const { tools } = await client.listTools();

    expect(tools.map(({ name }) => name)).toEqual(["detect_failures", "diagnose", "status"]);
    for (const { name, inputSchema } of tools) expect(inputSchema.properties, name).not.toHaveProperty("cluster_name");

    const found = await client.callTool({ name: "detect_failures", arguments: { namespace: "shop" } });
    expect(Detection.parse(found.structuredContent)).toMatchObject({ status: "healthy", cluster_name: "mine" });
    expect(await outcomeOf(client, "diagnose", { ...WEB, wait: true })).toMatchObject({
      status: "succeeded",
      output: { workloads: [{ workload: WEB, action: "none" }] },
    });
    expect(errors).toEqual([]);
  });

  it("acts only where it was started to act", async () => {
    const { client: reading } = await connected();
    const refused = await reading
      .callTool({ name: "scale_deployment", arguments: SCALING })
      .then(({ isError }) => (isError === true ? "refused" : "done"))
      .catch(() => "refused");
    expect(refused).toBe("refused");
    expect(await site.replicas()).toBe(2);

    const { client } = await connected("--act");
    const request = { ...SCALING, idempotency_key: "once", requested_by: "an agent" };
    const scaled = await outcomeOf(client, "scale_deployment", request);

    expect(scaled).toMatchObject({ output: { outcomes: ["Recovered"] } });
    expect(await outcomeOf(client, "scale_deployment", request)).toEqual(scaled);
    expect(await site.replicas()).toBe(3);
    expect((await run(["history", "--record", site.record, "--json"])).stdout).toContain('"asked_by":"agent"');
  });

  it("says which cluster it serves, and takes no other", async () => {
    const { client } = await connected();

    const other = await client.callTool({
      name: "detect_failures",
      arguments: { namespace: "shop", cluster_name: "prod" },
    });

    expect(client.getInstructions()).toContain("This server serves the cluster mine and no other.");
    expect(other.isError).toBe(true);
    expect(JSON.stringify(other.content)).toContain("this server serves mine alone: leave it out for that one");
  });

  it("does not say of what is not looked at that nothing of it fails", async () => {
    const { client } = await connected();

    expect(await outcomeOf(client, "diagnose", { ...WEB, kind: "Rollout", wait: true })).toMatchObject({
      status: "failed",
      error: { name: "InvalidRequest", message: expect.stringContaining("owners.argo_rollouts") as string },
    });
  });

  it("says in words that an execution is none of its own", async () => {
    const { client } = await connected();
    const execution_arn = "arn:aws:states:local:000000000000:execution:remediation:agent-1";

    const answer = await client.callTool({ name: "status", arguments: { execution_arn } });

    expect(answer.isError).toBe(true);
    expect(JSON.stringify(answer.content)).toContain("is none of this server's");
  });

  it("prints nothing but the protocol, and ends with its input, releasing what it has claimed", async () => {
    const server = new CommandLine(args("--act"));
    const say = (message: object) => {
      server.type(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
    };
    say({
      id: 1,
      method: "initialize",
      params: { protocolVersion: "2025-06-18", capabilities: {}, clientInfo: { name: "an agent", version: "1" } },
    });
    say({ method: "notifications/initialized" });
    say({ id: 2, method: "tools/call", params: { name: "scale_deployment", arguments: SCALING } });
    await server.before(
      (async () => {
        while ((await site.holder()) === undefined) await new Promise((resolve) => setTimeout(resolve, 10));
      })(),
      "the claim",
    );
    server.endInput();
    const { code, stdout, stderr } = await server.ended();

    expect(code).toBe(0);
    for (const line of stdout.trim().split("\n")) expect(JSON.parse(line)).toMatchObject({ jsonrpc: "2.0" });
    expect(stderr).toContain("Deployment shop/web: claim released.");
    expect(await site.holder()).toBeUndefined();
  });

  it("says what is wrong before it serves anything", async () => {
    const { code, stdout, stderr } = await run(["mcp", ...site.args.slice(0, 2), "--context", "nowhere"]);

    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain("ContextNotFound: The kubeconfig has no context nowhere. It has: mine.");
  });
});
