import { awsEnvironment } from "../../lambda/environment.ts";
import { observed } from "../../lambda/lambda.ts";
import { recordsSince } from "../record/week.ts";
import { isForChat, publish } from "../sns.ts";
import { tellTheWeek } from "./weekly.ts";

/** Publishes the scorecard of the last week, of the outcomes in `RECORD_TABLE`, for the cluster in `CLUSTER_NAME` and those of its hub. */
export const handler = observed(async () => {
  const { clusters } = await tellTheWeek({
    clusterName: process.env["CLUSTER_NAME"] ?? "",
    now: () => new Date(),
    records: recordsSince,
    connect: (name) => awsEnvironment.connect(name),
    isForChat: isForChat(),
    publish,
  });
  return { status: `told of ${clusters.length}` };
});
