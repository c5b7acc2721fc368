import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { CLIENT_OPTIONS } from "../../shared/aws/client-options.ts";
import { DISCOVERED, sourceName, type Discovered } from "../../shared/discovered.ts";
import { replaceItem } from "./replace-item.ts";

/** How long what was discovered is kept after it was written last, in seconds: accounts that left the list are forgotten by then. */
const KEPT_SECONDS = 30 * 86_400;

let client: DynamoDBClient | undefined;

/** Keeps what was discovered in the place of what was read; whether it was kept. @throws what AWS answers */
export async function keepDiscovered(discovered: Discovered, before: Discovered | undefined): Promise<boolean> {
  client ??= new DynamoDBClient(CLIENT_OPTIONS);
  return await replaceItem(client, {
    table: process.env["RECORD_TABLE"] ?? "",
    execution: DISCOVERED,
    subject: sourceName(discovered),
    at: discovered.at,
    before: before?.at,
    keptSeconds: KEPT_SECONDS,
    more: { discovered: { S: JSON.stringify(discovered) } },
  });
}
