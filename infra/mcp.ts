import { FunctionUrlAuthType, InvokeMode, type FunctionUrl } from "aws-cdk-lib/aws-lambda";
import { Construct } from "constructs";
import { TOOL_SETS, type ToolSet } from "../functions/agent/tools.ts";
import { Agent, type AgentProps } from "./agent.ts";

const DESCRIPTIONS: Readonly<Record<ToolSet, string>> = {
  read: "Serves agents that speak the Model Context Protocol the tools that change nothing",
  act: "Serves agents that speak the Model Context Protocol the tools that may change something",
};

/**
 * The servers of the Model Context Protocol: one function for the tools that change nothing, and one for those that may, each
 * behind a URL of its own. Whoever may invoke a URL is for IAM to say.
 */
export class Mcp extends Construct {
  readonly functions: Readonly<Record<ToolSet, Agent>>;
  readonly urls: Readonly<Record<ToolSet, FunctionUrl>>;

  constructor(scope: Construct, id: string, props: Omit<AgentProps, "as">) {
    super(scope, id);
    const served = TOOL_SETS.map((set) => [set, this.serve(set, props)] as const);
    this.functions = Object.fromEntries(served) as Record<ToolSet, Agent>;
    this.urls = Object.fromEntries(
      served.map(([set, { lambda }]) => [
        set,
        lambda.addFunctionUrl({ authType: FunctionUrlAuthType.AWS_IAM, invokeMode: InvokeMode.BUFFERED }),
      ]),
    ) as Record<ToolSet, FunctionUrl>;
  }

  private serve(set: ToolSet, props: Omit<AgentProps, "as">): Agent {
    const as = { name: `mcp-${set}`, entry: "functions/agent/mcp-handler.ts", description: DESCRIPTIONS[set] };
    const agent = new Agent(this, set, { ...props, as });
    agent.lambda.addEnvironment("MCP_TOOLS", set);
    return agent;
  }
}
