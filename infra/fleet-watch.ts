import { Duration } from "aws-cdk-lib";
import type { Table } from "aws-cdk-lib/aws-dynamodb";
import { Tracing } from "aws-cdk-lib/aws-lambda";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import type { Queue } from "aws-cdk-lib/aws-sqs";
import type { Construct } from "constructs";
import { DISCOVERED } from "../functions/shared/discovered.ts";
import { FLEET_PLACES, FLEET_STORMS } from "../functions/shared/fleet-storms.ts";
import { LOOKS } from "../functions/shared/looks.ts";
import { letReadAndWriteTable } from "./table-items.ts";
import { letPublish } from "./letting-publish.ts";
import { onSchedule } from "./on-schedule.ts";
import { RemediationFunction, type FunctionOptions } from "./remediation-function.ts";

export interface FleetWatchProps {
  /** The record, which has the latest looks. */
  table: Table;
  /** Where it publishes. */
  topic: ITopic;
  /** Whether `https` subscribers get the form for chat. */
  chat: boolean;
  /** Whether there are looks that come by themselves. */
  enabled: boolean;
  deadLetterQueue: Queue;
  /** The functions that carry out remedies: they wait for other clusters that fail alike. */
  remedies: readonly RemediationFunction[];
  options: FunctionOptions;
}

const INTERVAL = Duration.minutes(1);

/** Looks each minute whether clusters of a hub fail alike, and tells people. It reaches no cluster. */
export class FleetWatch extends RemediationFunction {
  constructor(
    scope: Construct,
    id: string,
    { table, topic, chat, enabled, deadLetterQueue, remedies, options }: FleetWatchProps,
  ) {
    super(scope, id, {
      name: "fleet",
      entry: "functions/notify/fleet/handler.ts",
      description: "Looks whether clusters of the fleet fail alike, and tells people",
      memorySize: 256,
      // It is over before the next one begins.
      timeout: Duration.seconds(55),
      tracing: Tracing.PASS_THROUGH,
      options,
    });
    const { key } = options;
    letReadAndWriteTable(
      this,
      table,
      { read: [LOOKS, FLEET_STORMS, DISCOVERED], write: [{ action: "dynamodb:PutItem", keys: [FLEET_STORMS] }] },
      key,
    );
    letPublish(this, topic, { chat, key });
    // In which ways clusters fail alike, and in which of them remedies have just begun, and nothing else of the record.
    const places = [{ action: "dynamodb:UpdateItem", keys: [FLEET_PLACES] }];
    for (const remedy of remedies) letReadAndWriteTable(remedy, table, { read: [FLEET_STORMS], write: places }, key);
    onSchedule(this, {
      description: "Looks whether clusters of the fleet fail alike",
      interval: INTERVAL,
      enabled,
      deadLetterQueue,
      key,
      untraced: "It reads one table each minute, and mostly has nothing to tell.",
    });
  }
}
