import * as z from "zod";
import { ignored, lookAt, together, understood, type Found } from "./found.ts";

/** The most metrics that an alarm has is ten. */
const MAX_METRICS = 20;

/**
 * A change of a CloudWatch alarm's state, as far as it is used. The dimensions are those of Container Insights.
 * Source: docs.aws.amazon.com/AmazonCloudWatch, "Alarm events and EventBridge", and "Container Insights metrics"
 */
const AlarmChange = z.object({
  source: z.literal("aws.cloudwatch"),
  "detail-type": z.literal("CloudWatch Alarm State Change"),
  detail: z.object({
    alarmName: z.string(),
    state: z.object({ value: z.string() }),
    configuration: z
      .object({
        metrics: z
          .array(
            z.object({
              metricStat: z
                .object({ metric: z.object({ dimensions: z.record(z.string(), z.string()).default({}) }) })
                .optional(),
            }),
          )
          .max(MAX_METRICS)
          .default([]),
      })
      .default({ metrics: [] }),
  }),
});

/** Whether it is an event of CloudWatch's. */
export function isOfCloudWatch(event: object): boolean {
  return "source" in event && event.source === "aws.cloudwatch";
}

/** A look at each namespace that the alarm's metrics are of; at the whole cluster where they are of no namespace. */
export function readAlarm(event: unknown, clusterName: string): Found {
  return understood(AlarmChange, event, ({ detail: { alarmName, state, configuration } }) => {
    const dimensions = configuration.metrics.flatMap(({ metricStat }) =>
      metricStat === undefined ? [] : [metricStat.metric.dimensions],
    );
    const ofClusters = dimensions.filter(({ ClusterName: name }) => name !== undefined);
    const own = ofClusters.filter(({ ClusterName: name }) => name === clusterName);
    if (ofClusters.length === 0) return ignored("NamesNoCluster");
    if (own.length === 0) return ignored("OtherCluster");
    if (state.value !== "ALARM") return ignored("NotFiring");
    return together(own.map(({ Namespace: namespace }) => lookAt(namespace, `CloudWatch alarm ${alarmName}`)));
  });
}
