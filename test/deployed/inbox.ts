import { SNSClient, UnsubscribeCommand } from "@aws-sdk/client-sns";
import { inject } from "vitest";
import { NotificationDocument } from "../../functions/notify/notification.ts";
import { createQueue, receive, subscribe, type Queue } from "./queues.ts";

/** What a queue that is subscribed with raw delivery gets. */
export interface Message {
  /** The form for machines. */
  document: NotificationDocument;
  /** The message attributes, all of them strings. */
  attributes: Record<string, string>;
}

/** A queue that is subscribed to the stack's topic with a filter policy. */
export class Inbox {
  readonly #queue: Queue;
  readonly #subscription: string;
  readonly #messages: Message[] = [];

  private constructor(queue: Queue, subscription: string) {
    this.#queue = queue;
    this.#subscription = subscription;
  }

  /** Subscribes to what has one of the values in each of the attributes. */
  static async subscribe(filter: Record<string, string[]>): Promise<Inbox> {
    const { awsCli, TopicArn } = inject("site");
    const queue = await createQueue(awsCli, "inbox", TopicArn);
    const attributes = { RawMessageDelivery: "true", FilterPolicy: JSON.stringify(filter) };
    return new Inbox(queue, await subscribe(TopicArn, queue, attributes));
  }

  /** Waits for a message. */
  async message(wanted: (message: Message) => boolean = () => true, seconds = 300): Promise<Message> {
    const deadline = Date.now() + seconds * 1_000;
    for (;;) {
      const found = this.#messages.find(wanted);
      if (found !== undefined) return found;
      if (Date.now() > deadline) {
        const outcomes = this.#messages.map(({ document }) => `${document.outcome} (${document.reason ?? ""})`);
        throw new Error(`No such message within ${seconds} s; there are: ${outcomes.join(", ") || "none"}.`);
      }
      await this.#receive(5);
    }
  }

  /** Every message until now. */
  async messages(): Promise<Message[]> {
    await this.#receive(0);
    return this.#messages;
  }

  async #receive(waitSeconds: number): Promise<void> {
    for (const { Body, MessageAttributes = {} } of await receive(inject("site").awsCli, this.#queue.url, waitSeconds)) {
      const attributes = Object.entries(MessageAttributes).map(([name, { StringValue }]) => [name, StringValue]);
      this.#messages.push({
        document: NotificationDocument.parse(JSON.parse(Body)),
        attributes: Object.fromEntries(attributes) as Record<string, string>,
      });
    }
  }

  async close(): Promise<void> {
    await new SNSClient({}).send(new UnsubscribeCommand({ SubscriptionArn: this.#subscription }));
  }
}
