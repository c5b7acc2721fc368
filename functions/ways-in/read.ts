import * as z from "zod";
import { ScanRequest } from "../run/request.ts";
import { isOfCloudWatch, readAlarm } from "./alarm.ts";
import { readAlerts } from "./alerts.ts";
import { ignored, lookAt, understood, together, type Found } from "./found.ts";

/** Lambda hands over one message of SNS at a time. */
const MAX_RECORDS = 10;

/** Source: docs.aws.amazon.com/lambda, "Invoking Lambda functions with Amazon SNS notifications" */
const SnsEvent = z.object({
  Records: z
    .array(
      z.object({ EventSource: z.literal("aws:sns"), Sns: z.object({ Message: z.string(), Timestamp: z.string() }) }),
    )
    .max(MAX_RECORDS),
});

/** When EventBridge took an event. */
const Timed = z.object({ time: z.string() });

/** What an input transformer makes of an event of any kind. */
const SmallEvent = z.strictObject({
  cluster_name: z.string(),
  namespace: ScanRequest.shape.namespace,
  reason: z.string().optional(),
  time: z.string().optional(),
});

/** What is asked for, and when that was sent, where it says so. */
export interface Read {
  found: Found;
  at: Date | undefined;
}

/**
 * Reads what came in: a change of an alarm's state, a message of SNS with alerts in it, or what an input transformer makes of an
 * event. What is none of these is not understood.
 */
export function read(event: unknown, clusterName: string): Read {
  if (typeof event !== "object" || event === null) return { found: ignored("NotUnderstood"), at: undefined };
  if ("Records" in event) {
    const { data } = SnsEvent.safeParse(event);
    return {
      found: understood(SnsEvent, event, ({ Records: records }) =>
        together(records.map(({ Sns: { Message: message } }) => readAlerts(message, clusterName))),
      ),
      at: dateOf(data?.Records[0]?.Sns.Timestamp),
    };
  }
  const at = dateOf(Timed.safeParse(event).data?.time);
  return { found: isOfCloudWatch(event) ? readAlarm(event, clusterName) : readSmall(event, clusterName), at };
}

function readSmall(event: object, clusterName: string): Found {
  return understood(SmallEvent, event, ({ cluster_name: cluster, namespace, reason }) =>
    cluster === clusterName ? lookAt(namespace, reason ?? "") : ignored("OtherCluster"),
  );
}

function dateOf(time: string | undefined): Date | undefined {
  const date = new Date(time ?? "");
  return Number.isNaN(date.getTime()) ? undefined : date;
}
