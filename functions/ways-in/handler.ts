import { observed } from "../lambda/lambda.ts";
import { measureInCloudWatch } from "../lambda/metrics.ts";
import { startOnce } from "../executions/start.ts";
import { waysIn } from "./ways-in.ts";

/** Starts looks by alarms, alerts and events, at the cluster in `CLUSTER_NAME`. */
export const handler = observed((event) =>
  waysIn(event, {
    clusterName: process.env["CLUSTER_NAME"] ?? "",
    now: () => new Date(),
    start: startOnce,
    measure: measureInCloudWatch,
  }),
);
