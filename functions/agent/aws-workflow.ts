import { setTimeout as sleep } from "node:timers/promises";
import { describeExecution, startOnce } from "../shared/aws/executions.ts";
import type { Workflow } from "./agent.ts";

/** The deployed workflow. */
export const awsWorkflow: Workflow = {
  start: startOnce,
  describe: describeExecution,
  sleep: async (milliseconds) => {
    await sleep(milliseconds);
  },
};
