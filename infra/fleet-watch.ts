import { Duration, Stack, Validations } from "aws-cdk-lib";
import type { Table } from "aws-cdk-lib/aws-dynamodb";
import { Rule, Schedule } from "aws-cdk-lib/aws-events";
import { LambdaFunction } from "aws-cdk-lib/aws-events-targets";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { IKey } from "aws-cdk-lib/aws-kms";
import { Tracing } from "aws-cdk-lib/aws-lambda";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import type { Queue } from "aws-cdk-lib/aws-sqs";
import type { Construct } from "constructs";
import { FLEET_STORMS } from "../functions/shared/fleet-storms.ts";
import { LOOKS } from "../functions/shared/looks.ts";
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
    this.lambda.addEnvironment("RECORD_TABLE", table.tableName);
    this.lambda.addEnvironment("TOPIC_ARN", topic.topicArn);
    if (chat) this.lambda.addEnvironment("NOTIFICATION_CHAT", "true");
    this.allow(table, topic, deadLetterQueue, options);
    for (const remedy of remedies) this.letRead(remedy, table, options);
    new Rule(this, "Rule", {
      description: "Looks whether clusters of the fleet fail alike",
      schedule: Schedule.rate(INTERVAL),
      enabled,
      targets: [new LambdaFunction(this.lambda, { deadLetterQueue, maxEventAge: INTERVAL })],
    });
    this.lambda.configureAsyncInvoke({
      onFailure: { bind: () => ({ destination: deadLetterQueue.queueArn }) },
      maxEventAge: INTERVAL,
      // The next minute is another try.
      retryAttempts: 0,
    });
    for (const { id: finding, reason } of [
      { id: "Serverless-LambdaDLQ", reason: "Its on-failure destination takes what it could not do." },
      { id: "Serverless-LambdaTracing", reason: "It reads one table each minute, and mostly has nothing to tell." },
    ]) {
      Validations.of(this.lambda).acknowledge({ id: finding, reason });
    }
  }

  private allow(table: Table, { topicArn, masterKey }: ITopic, { queueArn }: Queue, { key }: FunctionOptions): void {
    // Written out, because the grants of the table, the topic and the queue allow more.
    for (const { action, conditions } of [
      { action: "dynamodb:Query", conditions: underKeys(LOOKS, FLEET_STORMS) },
      { action: "dynamodb:PutItem", conditions: underKeys(FLEET_STORMS) },
    ]) {
      this.role.addToPolicy(new PolicyStatement({ actions: [action], resources: [table.tableArn], conditions }));
    }
    this.role.addToPolicy(this.keyOfTable(["kms:DescribeKey", "kms:Encrypt"], key));
    this.role.addToPolicy(new PolicyStatement({ actions: ["sns:Publish"], resources: [topicArn] }));
    const others = masterKey === undefined || masterKey.keyArn === key.keyArn ? [] : [masterKey.keyArn];
    const keys = [key.keyArn, ...others];
    this.role.addToPolicy(new PolicyStatement({ actions: ["kms:Decrypt", "kms:GenerateDataKey"], resources: keys }));
    this.role.addToPolicy(new PolicyStatement({ actions: ["sqs:SendMessage"], resources: [queueArn] }));
  }

  /** It may read in which ways clusters fail alike, and nothing else of the record. */
  private letRead(
    { role, lambda }: RemediationFunction,
    { tableArn, tableName }: Table,
    { key }: FunctionOptions,
  ): void {
    lambda.addEnvironment("RECORD_TABLE", tableName);
    const conditions = underKeys(FLEET_STORMS);
    role.addToPolicy(new PolicyStatement({ actions: ["dynamodb:Query"], resources: [tableArn], conditions }));
    role.addToPolicy(this.keyOfTable(["kms:DescribeKey"], key));
  }

  /** Source: the DynamoDB developer guide, "Authorizing use of your customer managed key". */
  private keyOfTable(actions: string[], { keyArn }: IKey): PolicyStatement {
    const { region, urlSuffix } = Stack.of(this);
    return new PolicyStatement({
      actions,
      resources: [keyArn],
      conditions: { StringEquals: { "kms:ViaService": `dynamodb.${region}.${urlSuffix}` } },
    });
  }
}

/** Only items with these partition keys. */
function underKeys(...keys: string[]) {
  return { "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": keys } };
}
