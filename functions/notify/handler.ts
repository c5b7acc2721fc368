import { describeExecution } from "../executions/describe.ts";
import { pastRuns } from "../executions/past-runs.ts";
import { lambda } from "../lambda/lambda.ts";
import { Report } from "../run/contracts.ts";
import { contract, step } from "../run/step.ts";
import type { NotifyEnvironment } from "./environment.ts";
import { NotifyInput } from "./input.ts";
import { keepInAws } from "./record/keep.ts";
import { links } from "./sign.ts";
import { publishToSns } from "./sns.ts";
import { tellEndedExecution, tellFailedRun } from "./tell/failure.ts";
import { tellStorm, tellStormOver } from "./tell/storm.ts";
import { tellWorkload } from "./tell/workload.ts";

/**
 * Decides the outcome, shows it on the workload, and tells everyone who subscribed. Answers nothing about an execution that
 * has told everyone itself, or of which there is nothing to tell.
 */
export const notify = step(contract(NotifyInput), Report.nullable(), async (input, environment: NotifyEnvironment) => {
  switch (input.about) {
    case "workload":
      return await tellWorkload(environment, input);
    case "storm":
      return await tellStorm(environment, input);
    case "storm_over":
      return await tellStormOver(environment, input);
    case "failure":
      return await tellFailedRun(environment, input);
    case "execution":
      return await tellEndedExecution(environment, input);
  }
});

export const handler = lambda((environment) =>
  notify({
    ...environment,
    publish: publishToSns,
    keep: keepInAws,
    describe: describeExecution,
    pastRuns,
    links: links(),
  }),
);
