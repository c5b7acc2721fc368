import { Duration } from "aws-cdk-lib";
import type { Table } from "aws-cdk-lib/aws-dynamodb";
import { EventField, RuleTargetInput } from "aws-cdk-lib/aws-events";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import { Tracing } from "aws-cdk-lib/aws-lambda";
import type { Queue } from "aws-cdk-lib/aws-sqs";
import type { Construct } from "constructs";
import { DISCOVERED } from "../functions/shared/discovered.ts";
import { letReadTable } from "./table-items.ts";
import { onSchedule } from "./on-schedule.ts";
import { RemediationFunction, type FunctionOptions } from "./remediation-function.ts";

export interface RoundsProps {
  /** What looks at a cluster. */
  patrol: RemediationFunction;
  /** The record, which has the clusters that were discovered. */
  table: Table;
  /** Whether there are rounds: without the schedule, a cluster is looked at only when something asks for it. */
  enabled: boolean;
  /** Takes the rounds that could not be made. */
  deadLetterQueue: Queue;
  options: FunctionOptions;
}

/** How often there is a round: a cluster may be looked at each minute. */
const INTERVAL = Duration.minutes(1);

/** Has the clusters of a hub's list looked at, each as often as the list says. */
export class Rounds extends RemediationFunction {
  constructor(scope: Construct, id: string, { patrol, table, enabled, deadLetterQueue, options }: RoundsProps) {
    super(scope, id, {
      name: "rounds",
      entry: "functions/rounds/handler.ts",
      description: "Has the clusters of the hub's list looked at, each as often as the list says",
      memorySize: 256,
      // It is over before the next one begins.
      timeout: Duration.seconds(55),
      tracing: Tracing.PASS_THROUGH,
      options,
    });
    this.lambda.addEnvironment("PATROL_FUNCTION", patrol.lambda.functionName);
    this.role.addToPolicy(
      new PolicyStatement({ actions: ["lambda:InvokeFunction"], resources: [patrol.lambda.functionArn] }),
    );
    letReadTable(this, table, [DISCOVERED], options.key);
    onSchedule(this, {
      description: "Has the clusters of the hub's list looked at",
      interval: INTERVAL,
      enabled,
      // The moment that it is for, however late it comes: no cluster is left out, or looked at twice.
      event: RuleTargetInput.fromObject({ id: EventField.eventId, time: EventField.time }),
      deadLetterQueue,
      key: options.key,
      untraced: "It makes a round each minute, and does nothing but ask for looks.",
    });
  }
}
