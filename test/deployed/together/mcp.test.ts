import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { describe, inject } from "vitest";
import { Started } from "../../../functions/agent/agent.ts";
import { applyWeb, rollOutWeb } from "../../kubernetes/web.ts";
import { run as runCommand } from "../commands.ts";
import { about, changesBy, it as deployedIt } from "../deployed.ts";
import { ended, executionsAbout } from "../executions.ts";
import { send, SigningProxy } from "../function-url.ts";

const CONFORMANCE = createRequire(import.meta.url).resolve("@modelcontextprotocol/conformance/package.json");
const SUITE = join(dirname(CONFORMANCE), "dist", "index.js");

type ToolSet = "read" | "act";
const urlOf = (set: ToolSet) => inject("site")[set === "read" ? "McpReadUrl" : "McpActUrl"];

/** A test whose official clients are connected to a deployed server. */
const it = deployedIt.extend<{
  proxyOf: (set: ToolSet) => Promise<string>;
  clientOf: (set: ToolSet) => Promise<Client>;
}>({
  // Vitest reads from the pattern what a fixture needs: nothing.
  // eslint-disable-next-line no-empty-pattern
  proxyOf: async ({}, use) => {
    const proxies: SigningProxy[] = [];
    await use(async (set) => {
      const proxy = await SigningProxy.start(urlOf(set));
      proxies.push(proxy);
      return proxy.url;
    });
    for (const proxy of proxies) proxy.stop();
  },
  clientOf: async ({ proxyOf }, use) => {
    const clients: Client[] = [];
    await use(async (set) => {
      const client = new Client({ name: "an agent", version: "1" });
      await client.connect(new StreamableHTTPClientTransport(new URL(await proxyOf(set))));
      clients.push(client);
      return client;
    });
    for (const client of clients) await client.close();
  },
});

describe.concurrent("the servers of the Model Context Protocol", () => {
  it("let nobody in who does not sign", async ({ expect }) => {
    for (const set of ["read", "act"] as const) {
      const headers = { "content-type": "application/json", accept: "application/json, text/event-stream" };
      const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list", params: {} });

      expect((await send(urlOf(set), { method: "POST", headers, body })).status, set).toBe(403);
    }
  });

  it.for(["server-initialize", "ping", "tools-list"])(
    "do as the protocol's own suite wants: %s",
    async (name, { proxyOf, expect }) => {
      for (const set of ["read", "act"] as const) {
        const url = await proxyOf(set);
        const said = await runCommand(["node", SUITE, "server", "--url", url, "--scenario", name]);

        expect(said, set).toMatch(/Passed: (\d+)\/\1, 0 failed/);
      }
    },
  );

  it("change nothing through the one that reads", async ({ scenario, clientOf, expect }) => {
    // It has opted out, so that the schedule leaves it as it is.
    const deploymentAnnotations = '"eks-remediation/enabled": "false"';
    const annotations = '"simulation/failure": image-pull';
    await applyWeb(scenario, { image: "shop/web:1", annotations, deploymentAnnotations });
    await scenario.untilFailing("ImagePullBackOff", 2);
    const client = await clientOf("read");
    const workload = about(scenario, { kind: "Deployment", name: "web" });

    const found = await client.callTool({ name: "detect_failures", arguments: { ...about(scenario, {}) } });
    const diagnosed = await client.callTool({ name: "diagnose", arguments: { ...workload, wait: true } });

    expect(found.structuredContent).toMatchObject({ status: "failing", failing_pods: 2 });
    expect(diagnosed.structuredContent).toMatchObject({
      status: "succeeded",
      output: { workloads: [{ outcome: "DryRun", action: "none", cause: "ImageNotFound" }] },
    });
    await expect(client.callTool({ name: "remediate", arguments: { ...workload } })).rejects.toThrow("remediate");
    expect(changesBy(undefined, scenario.namespace).filter((change) => change.includes("deployments"))).toEqual([]);
  });

  it("act once for each key, and say what is wrong with a request", async ({ scenario, clientOf, expect }) => {
    await rollOutWeb(scenario, { image: "shop/web:1" });
    const client = await clientOf("act");
    const scale = (replicas: number) =>
      client.callTool({
        name: "scale_deployment",
        arguments: { ...about(scenario, { deployment_name: "web", replicas, idempotency_key: scenario.namespace }) },
      });

    const [first, again] = await Promise.all([scale(3), scale(3)]);
    const other = await scale(4);

    const { execution_arn } = Started.parse(first.structuredContent);
    expect(again.structuredContent).toMatchObject({ execution_arn });
    expect(other).toMatchObject({ isError: true });
    expect(JSON.stringify(other.content)).toContain("idempotency_key");
    expect((await ended(execution_arn)).workloads).toMatchObject([{ outcome: "Recovered", action: "scale" }]);
    const state = await client.callTool({ name: "status", arguments: { execution_arn } });
    expect(state.structuredContent).toMatchObject({ status: "succeeded", output: { outcomes: ["Recovered"] } });
    expect(await executionsAbout(scenario.namespace)).toEqual([execution_arn]);
    expect((await scenario.deployment()).status?.readyReplicas).toBe(3);
  });
});
