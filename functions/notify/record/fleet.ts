import { ConditionalCheckFailedException, DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { CLIENT_OPTIONS, inTime } from "../../shared/aws/client-options.ts";
import { FLEET_STORMS, parseFleetStorm, type FleetStorm } from "../../shared/fleet-storms.ts";
import { LOOKS, parseLook, type KeptLook } from "../../shared/looks.ts";
import { itemsOf } from "./table.ts";

/** How long a storm is kept after it was written last, in seconds. */
const KEPT_SECONDS = 7 * 86_400;

let client: DynamoDBClient | undefined;

/** The latest look at each cluster, of those that this version can read. @throws what AWS answers */
export async function keptLooks(): Promise<KeptLook[]> {
  return (await itemsOf(table(), tableName(), LOOKS)).flatMap(({ look }) => parseLook(look?.S ?? "") ?? []);
}

/** The storms of the fleet, of those that this version can read. @throws what AWS answers */
export async function keptStorms(): Promise<FleetStorm[]> {
  return (await itemsOf(table(), tableName(), FLEET_STORMS)).flatMap(
    ({ storm }) => parseFleetStorm(storm?.S ?? "") ?? [],
  );
}

/** Keeps a storm in the place of the one that was read; whether it was kept. @throws what AWS answers */
export async function keepStorm(storm: FleetStorm, before: FleetStorm | undefined): Promise<boolean> {
  try {
    await table().send(
      new PutItemCommand({
        TableName: tableName(),
        Item: {
          execution: { S: FLEET_STORMS },
          subject: { S: storm.sign },
          at: { S: storm.at },
          storm: { S: JSON.stringify(storm) },
          expires: { N: String(Math.floor(Date.parse(storm.at) / 1_000) + KEPT_SECONDS) },
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

function table(): DynamoDBClient {
  client ??= new DynamoDBClient(CLIENT_OPTIONS);
  return client;
}

function tableName(): string {
  return process.env["RECORD_TABLE"] ?? "";
}
