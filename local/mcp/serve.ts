import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { serveStdio } from "@modelcontextprotocol/server/stdio";
import { serverOf, type Called } from "../../functions/agent/mcp.ts";
import type { ToolSet } from "../../functions/agent/tool-sets.ts";
import type { Policy } from "../../functions/shared/policy.ts";
import { clusterNameOf } from "../command-line/input.ts";
import { Interruption } from "../command-line/interruption.ts";
import { connectionFromKubeconfig } from "../command-line/kubeconfig.ts";
import { localEnvironment } from "../engine/environment.ts";
import { LocalExecutions } from "./executions.ts";

/**
 * How long a call may wait for an outcome, in milliseconds. Clients give up after a minute unless they are told otherwise, and
 * follow with `status` what still runs.
 */
const CALL_MS = 55_000;

export interface McpOptions {
  kubeconfig: string | undefined;
  context: string | undefined;
  policy: Policy;
  sets: readonly ToolSet[];
  /** The file in which outcomes are kept. */
  record: string;
}

/**
 * Serves the tools over the standard input and output, on the cluster of a kubeconfig, until the input ends or somebody ends it.
 * Only the protocol is printed to the standard output.
 * @throws RemediationError `InvalidKubeconfig`, `ContextNotFound`; `Unauthorized` when its credentials cannot be had
 */
export async function serveMcp({ kubeconfig, context, policy, sets, record }: McpOptions): Promise<void> {
  const interruption = new Interruption();
  const connection = await connectionFromKubeconfig(kubeconfig, context);
  const environment = localEnvironment(connection, policy, [], record);
  const executions = new LocalExecutions(environment);
  const called: Called = { invocation, environment, workflow: executions, clusterName: clusterNameOf(connection.name) };
  const ended = Promise.race([
    once(process.stdin, "close"),
    once(process.stdin, "end"),
    once(interruption.signal, "abort"),
  ]);
  const server = serveStdio(() => serverOf(sets, called));
  process.stderr.write(`Serving ${sets.join(" and ")} tools for context ${connection.name}.\n`);
  await ended;
  for (const { workload, text } of await executions.stop()) process.stderr.write(`${workload}: ${text}\n`);
  await server.close();
  interruption.ignore();
}

function invocation() {
  const until = performance.now() + CALL_MS;
  return { id: randomUUID(), remainingMilliseconds: () => until - performance.now() };
}
