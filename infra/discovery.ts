import { Duration } from "aws-cdk-lib";
import type { Table } from "aws-cdk-lib/aws-dynamodb";
import { Tracing } from "aws-cdk-lib/aws-lambda";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import type { Queue } from "aws-cdk-lib/aws-sqs";
import type { Construct } from "constructs";
import { DISCOVERED, type Admission } from "../functions/shared/discovered.ts";
import { letReadAndWriteTable } from "./table-items.ts";
import { letPublish } from "./letting-publish.ts";
import { onSchedule } from "./on-schedule.ts";
import { RemediationFunction, type FunctionOptions } from "./remediation-function.ts";

export interface DiscoveryProps {
  /** The record, which has what was discovered. */
  table: Table;
  /** Where it publishes. */
  topic: ITopic;
  /** Whether `https` subscribers get the form for chat. */
  chat: boolean;
  /** Whether there are looks that come by themselves. */
  enabled: boolean;
  deadLetterQueue: Queue;
  /** The functions that have to be let in by each cluster. */
  admitted: readonly Admission[];
  options: FunctionOptions;
}

/** The name of the function, and in that of its roles. */
export const DISCOVER = "discover";

/** A cluster whose tag goes is looked at no longer than that. */
export const DISCOVERY_INTERVAL = Duration.minutes(5);

/** Looks in other accounts which clusters have the hub's tag. It reaches no cluster. */
export class Discovery extends RemediationFunction {
  constructor(
    scope: Construct,
    id: string,
    { table, topic, chat, enabled, deadLetterQueue, admitted, options }: DiscoveryProps,
  ) {
    super(scope, id, {
      name: DISCOVER,
      entry: "functions/notify/discovery/handler.ts",
      description: "Looks which clusters of other accounts have the hub's tag, and tells people what is in the way",
      memorySize: 256,
      // It is over before the next one begins.
      timeout: Duration.minutes(4),
      tracing: Tracing.PASS_THROUGH,
      options,
    });
    const { key } = options;
    this.lambda.addEnvironment("ADMITTED", JSON.stringify(admitted));
    const write = [{ action: "dynamodb:PutItem", keys: [DISCOVERED] }];
    letReadAndWriteTable(this, table, { read: [DISCOVERED], write }, key);
    letPublish(this, topic, { chat, key });
    onSchedule(this, {
      description: "Looks which clusters of other accounts have the hub's tag",
      interval: DISCOVERY_INTERVAL,
      enabled,
      deadLetterQueue,
      key,
      untraced: "It asks for lists every five minutes, and mostly has nothing to tell.",
    });
  }
}
