import { isDeepStrictEqual } from "node:util";
import {
  ConditionalCheckFailedException,
  PutItemCommand,
  type AttributeValue,
  type DynamoDBClient,
} from "@aws-sdk/client-dynamodb";
import { inTime } from "../../shared/aws/client-options.ts";

/** What is kept in the place of what was read. */
export interface Replacement {
  table: string;
  execution: string;
  subject: string;
  /** When it is written, RFC 3339. */
  at: string;
  /** When what was read was written; undefined where there was nothing. */
  before: string | undefined;
  /** For how long it is kept then, in seconds. */
  keptSeconds: number;
  /** What it holds beside that. */
  more: Readonly<Record<string, AttributeValue>>;
}

/**
 * Keeps it where nobody has written since it was read; whether it was kept. The client sends a write again whose answer was lost:
 * where that is refused since the first has arrived, it was kept.
 * @throws what AWS answers
 */
export async function replaceItem(client: DynamoDBClient, replacement: Replacement): Promise<boolean> {
  const { table, execution, subject, at, before, keptSeconds, more } = replacement;
  const item = {
    execution: { S: execution },
    subject: { S: subject },
    at: { S: at },
    ...more,
    expires: { N: String(Math.floor(Date.parse(at) / 1_000) + keptSeconds) },
  };
  try {
    await client.send(
      new PutItemCommand({
        TableName: table,
        Item: item,
        ReturnValuesOnConditionCheckFailure: "ALL_OLD",
        ConditionExpression: before === undefined ? "attribute_not_exists(#at)" : "#at = :before",
        ExpressionAttributeNames: { "#at": "at" },
        ...(before === undefined ? {} : { ExpressionAttributeValues: { ":before": { S: before } } }),
      }),
      inTime(),
    );
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return isDeepStrictEqual({ ...error.Item }, item);
    throw error;
  }
}
