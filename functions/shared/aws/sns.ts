import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import { chatOf } from "../../notify/chat-form.ts";
import { RemediationError } from "../errors.ts";
import type { Notification } from "../notification.ts";

let client: SNSClient | undefined;

/**
 * Publishes to the topic in `TOPIC_ARN`, in the form that each kind of subscriber can use.
 * @throws RemediationError `NotificationFailed`
 */
export async function publishToSns(notification: Notification): Promise<void> {
  const { subject, attributes } = notification;
  try {
    client ??= new SNSClient({});
    await client.send(
      new PublishCommand({
        TopicArn: process.env["TOPIC_ARN"],
        Subject: subject,
        MessageStructure: "json",
        Message: JSON.stringify(formsOf(notification, process.env["NOTIFICATION_CHAT"] === "true")),
        MessageAttributes: Object.fromEntries(
          Object.entries(attributes).map(([name, value]) => [name, { DataType: "String", StringValue: value }]),
        ),
      }),
    );
  } catch (error) {
    throw new RemediationError(
      "NotificationFailed",
      `The notification could not be published: ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    );
  }
}

/**
 * The message for each protocol: text for people, JSON for queues, functions and web hooks. With `chat`, `https` is the
 * form that Amazon Q Developer in chat applications takes, which subscribes by that protocol.
 * Source: the SNS API reference, Publish, MessageStructure
 */
export function formsOf({ subject, text, document }: Notification, chat: boolean): Record<string, string> {
  const machine = JSON.stringify(document);
  return {
    default: text,
    email: text,
    sms: subject,
    sqs: machine,
    lambda: machine,
    firehose: machine,
    http: machine,
    https: chat ? JSON.stringify(chatOf(document, subject)) : machine,
  };
}
