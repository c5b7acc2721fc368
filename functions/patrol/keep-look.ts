import { DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { LOOKS, type KeptLook } from "../shared/looks.ts";

/** How long the latest look at a cluster is kept. */
const KEPT_SECONDS = 30 * 86_400;
/** It is a courtesy, for which no look comes to its own end late, in milliseconds. */
const QUICK = {
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 2_000, throwOnRequestTimeout: true },
  maxAttempts: 2,
} as const;

let table: DynamoDBClient | undefined;

/** Keeps a look in the table in `RECORD_TABLE`, in the place of the one before. @throws what AWS answers */
export async function keepLook(look: KeptLook): Promise<void> {
  table ??= new DynamoDBClient(QUICK);
  await table.send(new PutItemCommand({ TableName: process.env["RECORD_TABLE"], Item: itemOf(look) }));
}

function itemOf(look: KeptLook) {
  return {
    execution: { S: LOOKS },
    subject: { S: look.cluster_name },
    look: { S: JSON.stringify(look) },
    expires: { N: String(Math.floor(Date.parse(look.at) / 1_000) + KEPT_SECONDS) },
  };
}
