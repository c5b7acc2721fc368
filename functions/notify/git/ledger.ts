import { createHash } from "node:crypto";
import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { CLIENT_OPTIONS, inTime } from "../../shared/aws/client-options.ts";
import { parsedAs } from "../../shared/parsed.ts";
import { Entry, NOTHING_KNOWN } from "./entry.ts";
import { partitionOf } from "./settings.ts";

/** What is remembered of a repository, between one message and the next. */
export interface Ledger {
  read(subject: string): Promise<Entry>;
  /** Keeps an entry in the place of the one that was read; whether nobody else has done so meanwhile. */
  keep(subject: string, entry: Entry, now: Date): Promise<boolean>;
  /** Counts one more thing that is written in this hour; how many that makes, or undefined where it would be more than may be. */
  count(limit: number, now: Date): Promise<number | undefined>;
}

/** For how long nothing has to be told of a workload, until its thread is forgotten, in seconds. */
const KEPT_SECONDS = 180 * 86_400;
/** For how long there is nothing to remember but the order of messages. */
const ORDER_SECONDS = 7 * 86_400;
const HOUR_SECONDS = 3_600;

/** The hour that a moment is in, and when it ends. */
export function hourOf(now: Date): { key: string; end: Date } {
  const hour = Math.floor(now.getTime() / 1_000 / HOUR_SECONDS);
  return { key: `hour/${hour}`, end: new Date((hour + 1) * HOUR_SECONDS * 1_000) };
}

/** The ledger of a repository in the record's table. @throws what AWS answers */
export function ledgerIn(table: string, id: string): Ledger {
  const client = new DynamoDBClient(CLIENT_OPTIONS);
  const keyOf = (subject: string) => ({ execution: { S: partitionOf(id) }, subject: { S: short(subject) } });
  return {
    async read(subject) {
      const command = new GetItemCommand({ TableName: table, Key: keyOf(`thread/${subject}`), ConsistentRead: true });
      const { Item } = await client.send(command, inTime());
      // What a later version wrote, and this one cannot read, is not written over.
      if (Item === undefined) return NOTHING_KNOWN;
      const entry = parsedAs(Entry, Item["entry"]?.S ?? "");
      if (entry === undefined) throw new Error(`What is kept of ${subject} cannot be read.`);
      return entry;
    },
    async keep(subject, entry, now) {
      const isLong = entry.thread !== undefined || entry.doing !== undefined;
      const command = new PutItemCommand({
        TableName: table,
        Item: {
          ...keyOf(`thread/${subject}`),
          revision: { N: String(entry.revision) },
          entry: { S: JSON.stringify(entry) },
          expires: { N: String(secondsOf(now) + (isLong ? KEPT_SECONDS : ORDER_SECONDS)) },
        },
        ConditionExpression: entry.revision === 1 ? "attribute_not_exists(revision)" : "revision = :before",
        ...(entry.revision === 1
          ? {}
          : { ExpressionAttributeValues: { ":before": { N: String(entry.revision - 1) } } }),
      });
      return await unlessRefused(async () => {
        await client.send(command, inTime());
        return true;
      }, false);
    },
    async count(limit, now) {
      const { key, end } = hourOf(now);
      const command = new UpdateItemCommand({
        TableName: table,
        Key: keyOf(key),
        UpdateExpression: "ADD written :one SET expires = :expires",
        ConditionExpression: "attribute_not_exists(written) OR written < :limit",
        ExpressionAttributeValues: {
          ":one": { N: "1" },
          ":limit": { N: String(limit) },
          ":expires": { N: String(secondsOf(end) + HOUR_SECONDS) },
        },
        ReturnValues: "UPDATED_NEW",
      });
      return await unlessRefused(async () => {
        const { Attributes } = await client.send(command, inTime());
        return Number(Attributes?.["written"]?.N);
      }, undefined);
    },
  };
}

/** As long as a sort key may be. Source: the DynamoDB developer guide, "Constraints" */
const MAX_KEY_BYTES = 1_024;

function short(subject: string): string {
  if (Buffer.byteLength(subject) <= MAX_KEY_BYTES) return subject;
  return `digest/${createHash("sha256").update(subject).digest("hex")}`;
}

function secondsOf(moment: Date): number {
  return Math.floor(moment.getTime() / 1_000);
}

async function unlessRefused<Value, Other>(work: () => Promise<Value>, otherwise: Other): Promise<Value | Other> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return otherwise;
    throw error;
  }
}
