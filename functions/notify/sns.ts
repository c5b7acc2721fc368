import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import { chatOf } from "./chat-form.ts";
import { textOf } from "./text-form.ts";
import { RemediationError } from "../shared/errors.ts";
import type { Notification, NotificationDocument } from "./notification.ts";
import { bounded } from "../shared/text.ts";
import { CLIENT_OPTIONS, inTime } from "../shared/aws/client-options.ts";
import { refusalOf } from "../shared/aws/refusal.ts";

/** SNS takes no larger message, all its forms together. Source: the SNS API reference, Publish */
const MAX_BYTES = 256 * 1_024;
/** How many lines of each section, and how much of each, are left of a notification that is too large otherwise. */
const FEW_LINES = 3;
const SHORT_LINE = 200;

let client: SNSClient | undefined;

/**
 * Publishes to the topic in `TOPIC_ARN`, in the form that each kind of subscriber can use.
 * @throws RemediationError `NotificationFailed`
 */
export async function publishToSns(notification: Notification): Promise<void> {
  const { subject, attributes } = notification;
  await publish({ subject, attributes, forms: formsOf(notification, isForChat()) });
}

/** Whether `https` subscribers get the form for chat. */
export function isForChat(): boolean {
  return process.env["NOTIFICATION_CHAT"] === "true";
}

/** A message in the form for each protocol. */
export interface Published {
  /** At most 100 printable ASCII characters, as SNS requires. */
  subject: string;
  forms: Record<string, string>;
  /** For filter policies. */
  attributes: Record<string, string>;
}

/** @throws RemediationError `NotificationFailed` */
export async function publish({ subject, forms, attributes }: Published): Promise<void> {
  try {
    client ??= new SNSClient(CLIENT_OPTIONS);
    await client.send(
      new PublishCommand({
        TopicArn: process.env["TOPIC_ARN"],
        Subject: subject,
        MessageStructure: "json",
        Message: JSON.stringify(forms),
        MessageAttributes: Object.fromEntries(
          Object.entries(attributes).map(([name, value]) => [name, { DataType: "String", StringValue: value }]),
        ),
      }),
      inTime(),
    );
  } catch (error) {
    throw new RemediationError(
      "NotificationFailed",
      `The notification could not be published: ${refusalOf(error).message}`,
      { cause: refusalOf(error).cause },
    );
  }
}

/**
 * The message for each protocol: text for people, JSON for queues, functions and web hooks. With `chat`, `https` is the
 * form that Amazon Q Developer in chat applications takes, which subscribes by that protocol. Where all of them together
 * would be more than SNS takes, each is shortened.
 * Source: the SNS API reference, Publish, MessageStructure
 */
export function formsOf(notification: Notification, chat: boolean): Record<string, string> {
  const forms = everyForm(notification, chat);
  if (Buffer.byteLength(JSON.stringify(forms)) < MAX_BYTES) return forms;
  return everyForm(shortened(notification), chat);
}

/** The notification with the first lines of each section, and without the exact change. */
function shortened({ text, document: whole, ...notification }: Notification): Notification {
  const { change: _change, ...document } = whole;
  const few = (lines: readonly string[]) => lines.slice(0, FEW_LINES).map((line) => bounded(line, SHORT_LINE));
  const shorter: NotificationDocument = {
    ...document,
    found: few(document.found),
    status: few(document.status),
    evidence: few(document.evidence),
    last_words: [],
    differences: few(document.differences),
    done: few(document.done),
    changed: few(document.changed),
    not_done: few(document.not_done),
    next_steps: few(document.next_steps),
  };
  const [title = ""] = text.split("\n", 1);
  return { ...notification, text: textOf(shorter, title), document: shorter };
}

function everyForm({ subject, text, document }: Notification, chat: boolean): Record<string, string> {
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
