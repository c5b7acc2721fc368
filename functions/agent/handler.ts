import { setTimeout as sleep } from "node:timers/promises";
import { awsEnvironment } from "../lambda/environment.ts";
import { describeExecution, startExecution } from "./executions.ts";
import { observed } from "../lambda/lambda.ts";
import { answerAgent } from "./agent.ts";

/** Answers agents that invoke a function instead of starting the workflow. */
export const handler = observed(async (event, context) => {
  const invocation = { id: context.awsRequestId, remainingMilliseconds: () => context.getRemainingTimeInMillis() };
  const workflow = {
    start: startExecution,
    describe: describeExecution,
    sleep: async (milliseconds: number) => {
      await sleep(milliseconds);
    },
  };
  return await answerAgent(event, invocation, awsEnvironment, workflow);
});
