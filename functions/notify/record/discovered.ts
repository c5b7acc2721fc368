import { ConditionalCheckFailedException, DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { CLIENT_OPTIONS, inTime } from "../../shared/aws/client-options.ts";
import { DISCOVERED, sourceName, type Discovered } from "../../shared/discovered.ts";

/** How long what was discovered is kept after it was written last, in seconds: accounts that left the list are forgotten by then. */
const KEPT_SECONDS = 30 * 86_400;

let client: DynamoDBClient | undefined;

/** Keeps what was discovered in the place of what was read; whether it was kept. @throws what AWS answers */
export async function keepDiscovered(discovered: Discovered, before: Discovered | undefined): Promise<boolean> {
  client ??= new DynamoDBClient(CLIENT_OPTIONS);
  const text = JSON.stringify(discovered);
  try {
    await client.send(
      new PutItemCommand({
        TableName: process.env["RECORD_TABLE"],
        Item: {
          execution: { S: DISCOVERED },
          subject: { S: sourceName(discovered) },
          at: { S: discovered.at },
          discovered: { S: text },
          expires: { N: String(Math.floor(Date.parse(discovered.at) / 1_000) + KEPT_SECONDS) },
        },
        ConditionExpression: before === undefined ? "attribute_not_exists(#at)" : "#at = :before",
        ExpressionAttributeNames: { "#at": "at" },
        ...(before === undefined ? {} : { ExpressionAttributeValues: { ":before": { S: before.at } } }),
      }),
      inTime(),
    );
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}
