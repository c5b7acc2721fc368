import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import { RemediationError } from "../errors.ts";
import type { Notification } from "../notification.ts";

let client: SNSClient | undefined;

/**
 * Publishes to the topic in `TOPIC_ARN`.
 * @throws RemediationError `NotificationFailed`
 */
export async function publishToSns({ subject, text, attributes }: Notification): Promise<void> {
  try {
    client ??= new SNSClient({});
    await client.send(
      new PublishCommand({
        TopicArn: process.env["TOPIC_ARN"],
        Subject: subject,
        Message: text,
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
