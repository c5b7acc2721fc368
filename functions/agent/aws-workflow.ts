import { setTimeout as sleep } from "node:timers/promises";
import { describeExecution, startOnce } from "../executions/start.ts";
import type { Workflow } from "./agent.ts";

/** The deployed workflow. */
export const awsWorkflow: Workflow = {
  start: startOnce,
  describe: describeExecution,
  sleep: async (milliseconds) => {
    await sleep(milliseconds);
  },
};
