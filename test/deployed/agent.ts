import { fileURLToPath } from "node:url";
import { inject } from "vitest";
import { AgentAnswer } from "../../functions/agent/agent.ts";
import { run } from "./commands.ts";

const AGENT = fileURLToPath(new URL("agent.py", import.meta.url));

/** What one invocation of the function came to. */
export interface Invoked {
  function_error: string | null;
  answer: unknown;
}

/** Invokes the agent function with boto3, once for each request. */
export async function invoke(...requests: unknown[]): Promise<Invoked[]> {
  const { python, AgentFunctionName } = inject("site");
  const input = requests.map((request) => JSON.stringify(request)).join("\n");
  const printed = await run([python, AGENT, AgentFunctionName], { input });
  return printed
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Invoked);
}

/** The answer of one invocation that went well. */
export async function invokeAgent(request: object): Promise<unknown> {
  const [{ function_error, answer } = { function_error: "no answer", answer: undefined }] = await invoke(request);
  if (function_error !== null) throw new Error(`${function_error}: ${JSON.stringify(answer)}`);
  return AgentAnswer.parse(answer);
}
