import { awsEnvironment } from "../lambda/environment.ts";
import { observed } from "../lambda/lambda.ts";
import { answerAgent } from "./agent.ts";
import { awsWorkflow } from "./aws-workflow.ts";
import { answerCall, callOf } from "./callers.ts";

/** Answers agents that invoke a function instead of starting the workflow, and those of Bedrock and AgentCore. */
export const handler = observed(async (event, context) => {
  const invocation = { id: context.awsRequestId, remainingMilliseconds: () => context.getRemainingTimeInMillis() };
  return await answerCall(callOf(event, context.clientContext), (request) =>
    answerAgent(request, invocation, awsEnvironment, awsWorkflow),
  );
});
