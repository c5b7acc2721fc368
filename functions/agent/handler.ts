import { awsEnvironment } from "../lambda/environment.ts";
import { observed } from "../lambda/lambda.ts";
import { answerAgent } from "./agent.ts";
import { awsWorkflow } from "./aws-workflow.ts";

/** Answers agents that invoke a function instead of starting the workflow. */
export const handler = observed(async (event, context) => {
  const invocation = { id: context.awsRequestId, remainingMilliseconds: () => context.getRemainingTimeInMillis() };
  return await answerAgent(event, invocation, awsEnvironment, awsWorkflow);
});
