import { Duration, Stack, Validations } from "aws-cdk-lib";
import { Rule, Schedule } from "aws-cdk-lib/aws-events";
import { LambdaFunction } from "aws-cdk-lib/aws-events-targets";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { Table } from "aws-cdk-lib/aws-dynamodb";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import type { Queue } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import { createDeadLetterQueue } from "./dead-letter-queue.ts";
import { RemediationFunction, type FunctionOptions } from "./remediation-function.ts";

export interface WeeklyScorecardProps {
  clusterName: string;
  /** The record, which it reads. */
  table: Table;
  /** Where it publishes. */
  topic: ITopic;
  /** Whether `https` subscribers get the form for chat. */
  chat: boolean;
  options: FunctionOptions;
}

/** How long it may look at clusters, of which some may answer slowly or not at all. */
const PATIENCE = Duration.minutes(10);

/** Tells once a week how decisions and deeds were: on Mondays at 8:00 (UTC). */
export class WeeklyScorecard extends Construct {
  readonly function: RemediationFunction;
  readonly deadLetterQueue: Queue;

  constructor(scope: Construct, id: string, { clusterName, table, topic, chat, options }: WeeklyScorecardProps) {
    super(scope, id);
    this.deadLetterQueue = createDeadLetterQueue(this, "DeadLetters", options.key);
    this.function = new RemediationFunction(this, "scorecard", {
      name: "scorecard",
      entry: "functions/notify/scorecard/handler.ts",
      description: "Tells once a week how decisions compare with what happened",
      memorySize: 512,
      timeout: PATIENCE,
      options,
    });
    const { lambda } = this.function;
    lambda.addEnvironment("CLUSTER_NAME", clusterName);
    lambda.addEnvironment("RECORD_TABLE", table.tableName);
    lambda.addEnvironment("TOPIC_ARN", topic.topicArn);
    if (chat) lambda.addEnvironment("NOTIFICATION_CHAT", "true");
    this.allow(table, topic, options);
    new Rule(this, "Rule", {
      description: `Tells the scorecard of ${clusterName}`,
      schedule: Schedule.cron({ weekDay: "MON", hour: "8", minute: "0" }),
      targets: [new LambdaFunction(lambda, { deadLetterQueue: this.deadLetterQueue })],
    });
    lambda.configureAsyncInvoke({
      onFailure: { bind: () => ({ destination: this.deadLetterQueue.queueArn }) },
      // What was published and not noticed would be told twice.
      retryAttempts: 1,
    });
    Validations.of(lambda).acknowledge({
      id: "Serverless-LambdaDLQ",
      reason: "Its on-failure destination takes the start that it could not end, with the error beside it.",
    });
  }

  private allow(table: Table, { topicArn, masterKey }: ITopic, { key }: FunctionOptions): void {
    const { role } = this.function;
    const { region, urlSuffix } = Stack.of(this);
    // Written out, because the grants of the table, the topic and the queue allow more.
    role.addToPolicy(
      new PolicyStatement({
        actions: ["dynamodb:Query"],
        resources: [table.tableArn, `${table.tableArn}/index/by-time`],
      }),
    );
    role.addToPolicy(
      new PolicyStatement({
        actions: ["kms:DescribeKey"],
        resources: [key.keyArn],
        conditions: { StringEquals: { "kms:ViaService": `dynamodb.${region}.${urlSuffix}` } },
      }),
    );
    role.addToPolicy(new PolicyStatement({ actions: ["sns:Publish"], resources: [topicArn] }));
    const keys = [
      key.keyArn,
      ...(masterKey === undefined || masterKey.keyArn === key.keyArn ? [] : [masterKey.keyArn]),
    ];
    role.addToPolicy(new PolicyStatement({ actions: ["kms:Decrypt", "kms:GenerateDataKey"], resources: keys }));
    role.addToPolicy(new PolicyStatement({ actions: ["sqs:SendMessage"], resources: [this.deadLetterQueue.queueArn] }));
  }
}
