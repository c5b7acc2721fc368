import { awsEnvironment } from "../lambda/environment.ts";
import { observed } from "../lambda/lambda.ts";
import { awsWorkflow } from "./aws-workflow.ts";
import { requestOf, responseOf } from "./function-url.ts";
import { answerMcp } from "./mcp.ts";
import { TOOL_SETS, type ToolSet } from "./tool-sets.ts";

/** Serves one set of tools, `MCP_TOOLS`, behind a function URL. */
export const handler = observed(async (event, context) => {
  const invocation = { id: context.awsRequestId, remainingMilliseconds: () => context.getRemainingTimeInMillis() };
  const called = { invocation: () => invocation, environment: awsEnvironment, workflow: awsWorkflow };
  return await responseOf(await answerMcp(requestOf(event), toolSet(), called));
});

/** The set that the function was deployed for; the one that changes nothing where that is not said. */
function toolSet(): ToolSet {
  return TOOL_SETS.find((set) => set === process.env["MCP_TOOLS"]) ?? "read";
}
