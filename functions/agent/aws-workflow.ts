import { setTimeout as sleep } from "node:timers/promises";
import type { Workflow } from "./agent.ts";
import { describeExecution, startExecution } from "./executions.ts";

/** The deployed workflow. */
export const awsWorkflow: Workflow = {
  start: startExecution,
  describe: describeExecution,
  sleep: async (milliseconds) => {
    await sleep(milliseconds);
  },
};
