import { randomBytes } from "node:crypto";
import { SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import { run } from "./commands.ts";
import { PLACE } from "./emulator/emulator.ts";

export interface Queue {
  url: string;
  arn: string;
}

/** A message as the AWS CLI prints it. */
export interface QueueMessage {
  Body: string;
  MessageAttributes?: Record<string, { DataType: string; StringValue: string }>;
}

/** How long a message that was received stays out of sight, in seconds: longer than any test, so that none is seen twice. */
const VISIBILITY_SECONDS = 43_200;

/** Makes a queue that the topic may send to. */
export async function createQueue(awsCli: readonly string[], name: string, topicArn: string): Promise<Queue> {
  const fullName = `${name}-${randomBytes(3).toString("hex")}`;
  const arn = `arn:aws:sqs:${PLACE.region}:${PLACE.account}:${fullName}`;
  const policy = {
    Version: "2012-10-17",
    Statement: {
      Effect: "Allow",
      Principal: { Service: "sns.amazonaws.com" },
      Action: "sqs:SendMessage",
      Resource: arn,
      Condition: { ArnEquals: { "aws:SourceArn": topicArn } },
    },
  };
  const attributes = { Policy: JSON.stringify(policy), VisibilityTimeout: String(VISIBILITY_SECONDS) };
  const printed = await run([
    ...awsCli,
    ...["sqs", "create-queue", "--queue-name", fullName, "--attributes", JSON.stringify(attributes)],
  ]);
  return { url: (JSON.parse(printed) as { QueueUrl: string }).QueueUrl, arn };
}

/**
 * Subscribes the queue to the topic, with attributes as the SNS API has them.
 * @returns the subscription's ARN
 */
export async function subscribe(topicArn: string, queue: Queue, attributes: Record<string, string>): Promise<string> {
  const { SubscriptionArn = "" } = await new SNSClient({}).send(
    new SubscribeCommand({
      TopicArn: topicArn,
      Protocol: "sqs",
      Endpoint: queue.arn,
      ReturnSubscriptionArn: true,
      Attributes: attributes,
    }),
  );
  return SubscriptionArn;
}

/** What has come into the queue since the last look; waits for up to some seconds until there is something. */
export async function receive(awsCli: readonly string[], url: string, waitSeconds: number): Promise<QueueMessage[]> {
  const many = ["--max-number-of-messages", "10", "--wait-time-seconds", String(waitSeconds)];
  const printed = await run([
    ...awsCli,
    ...["sqs", "receive-message", "--queue-url", url, "--message-attribute-names", "All", ...many],
  ]);
  return printed.trim() === "" ? [] : ((JSON.parse(printed) as { Messages?: QueueMessage[] }).Messages ?? []);
}
