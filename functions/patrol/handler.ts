import { newestFailed, pastRuns } from "../executions/past-runs.ts";
import { startOnce } from "../executions/start.ts";
import { worksAgain } from "../executions/works-again.ts";
import { awsEnvironment } from "../lambda/environment.ts";
import { observed } from "../lambda/lambda.ts";
import { keepLook } from "./keep-look.ts";
import { patrol, type PatrolEnvironment } from "./patrol.ts";

/** What is left of an invocation when its look has to be over, in milliseconds: enough to ask Step Functions, and to start. */
const TIME_TO_START_MS = 15_000;

const isFirstToWork = worksAgain({ ...pastRuns, newestFailed });

/** What the schedule invokes. */
export const handler = observed(async (event, { getRemainingTimeInMillis }) => {
  const environment: PatrolEnvironment = {
    ...awsEnvironment,
    lookMs: () => getRemainingTimeInMillis() - TIME_TO_START_MS,
    runOf: (name, request) => {
      const machine = process.env["STATE_MACHINE_ARN"] ?? "";
      return { id: `${machine.replace(":stateMachine:", ":execution:")}:${name}`, name, request };
    },
    isFirstToWork,
    start: startOnce,
    keep: keepLook,
  };
  return await patrol(environment)(event);
});
