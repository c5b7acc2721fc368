import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { CLIENT_OPTIONS } from "../../shared/aws/client-options.ts";
import { FLEET_STORMS, parseFleetStorm, type FleetStorm } from "../../shared/fleet-storms.ts";
import { LOOKS, parseLook, type KeptLook } from "../../shared/looks.ts";
import { replaceItem } from "./replace-item.ts";
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
  return await replaceItem(table(), {
    table: tableName(),
    execution: FLEET_STORMS,
    subject: storm.sign,
    at: storm.at,
    before: before?.at,
    keptSeconds: KEPT_SECONDS,
    more: { storm: { S: JSON.stringify(storm) } },
  });
}

function table(): DynamoDBClient {
  client ??= new DynamoDBClient(CLIENT_OPTIONS);
  return client;
}

function tableName(): string {
  return process.env["RECORD_TABLE"] ?? "";
}
