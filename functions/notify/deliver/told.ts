import * as z from "zod";
import { DiscoveryDocument } from "../discovery/document.ts";
import { FleetDocument } from "../fleet/document.ts";
import { NotificationDocument } from "../notification.ts";
import { ScorecardDocument } from "../scorecard/document.ts";

/** Source: docs.aws.amazon.com/lambda, "Invoking Lambda functions with Amazon SNS notifications" */
const SnsEvent = z.object({
  // One message each time.
  Records: z.tuple([
    z.object({
      EventSource: z.literal("aws:sns"),
      Sns: z.object({ Message: z.string(), Timestamp: z.iso.datetime().optional() }),
    }),
  ]),
});

/** What CloudWatch publishes when an alarm changes. Source: the CloudWatch user guide, "Notifying users on alarm changes" */
const Alarm = z.object({
  AlarmName: z.string(),
  AlarmDescription: z.string().nullish(),
  NewStateValue: z.enum(["ALARM", "OK", "INSUFFICIENT_DATA"]),
  NewStateReason: z.string().default(""),
  StateChangeTime: z.string().optional(),
});
export type Alarm = z.output<typeof Alarm>;

/** Later versions may have more fields. */
const Outcome = z.object(NotificationDocument.shape);
const Scorecard = z.object(ScorecardDocument.shape);
const Fleet = z.object(FleetDocument.shape);
const Discovery = z.object(DiscoveryDocument.shape);

/** What the topic carries, as far as people are told of it. */
export type Told =
  | { is: "outcome"; document: NotificationDocument }
  | { is: "scorecard"; document: ScorecardDocument }
  | { is: "fleet"; document: FleetDocument }
  | { is: "discovery"; document: DiscoveryDocument }
  | { is: "alarm"; alarm: Alarm };

/** Reads what SNS hands over. Undefined for what is none of these: the topic may be one that others publish on. */
export function toldIn(event: unknown): Told | undefined {
  const message = messageIn(event);
  const outcome = Outcome.safeParse(message);
  if (outcome.success) return { is: "outcome", document: outcome.data };
  const scorecard = Scorecard.safeParse(message);
  if (scorecard.success) return { is: "scorecard", document: scorecard.data };
  const fleet = Fleet.safeParse(message);
  if (fleet.success) return { is: "fleet", document: fleet.data };
  const discovery = Discovery.safeParse(message);
  if (discovery.success) return { is: "discovery", document: discovery.data };
  const alarm = Alarm.safeParse(message);
  return alarm.success ? { is: "alarm", alarm: alarm.data } : undefined;
}

/** When what SNS hands over was published, RFC 3339: it keeps no order. Undefined where that is not said. */
export function publishedAt(event: unknown): string | undefined {
  return SnsEvent.safeParse(event).data?.Records[0].Sns.Timestamp;
}

function messageIn(event: unknown): unknown {
  const parsed = SnsEvent.safeParse(event);
  if (!parsed.success) return undefined;
  try {
    return JSON.parse(parsed.data.Records[0].Sns.Message);
  } catch {
    return undefined;
  }
}
