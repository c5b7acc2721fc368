import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  paginateQuery,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { FLEET_PLACES, FLEET_STORMS, parseFleetStorm, PLACES_MS, type FleetStorm } from "../shared/fleet-storms.ts";

/** A remedy waits for it, so that it has a few seconds to find out that it cannot know. */
const QUICK = {
  requestHandler: { connectionTimeout: 2_000, requestTimeout: 4_000, throwOnRequestTimeout: true },
  maxAttempts: 2,
} as const;

let client: DynamoDBClient | undefined;

/**
 * The storms of the fleet in the table in `RECORD_TABLE`, as they were written last; one that this version cannot read is an error.
 * @throws what AWS answers
 */
export async function fleetStorms(): Promise<FleetStorm[]> {
  client ??= new DynamoDBClient(QUICK);
  const pages = paginateQuery(
    { client },
    {
      TableName: process.env["RECORD_TABLE"],
      KeyConditionExpression: "execution = :key",
      ExpressionAttributeValues: { ":key": { S: FLEET_STORMS } },
      ConsistentRead: true,
    },
  );
  const storms: FleetStorm[] = [];
  for await (const { Items: items = [] } of pages) storms.push(...items.map(({ storm }) => known(storm?.S ?? "")));
  return storms;
}

function known(text: string): FleetStorm {
  const storm = parseFleetStorm(text);
  if (storm === undefined) throw new Error("a storm of the fleet is written in a form that this version does not know");
  return storm;
}

/** How long places are kept after their time, in seconds. */
const KEPT_SECONDS = 86_400;

/**
 * Takes one of so many places for clusters in which remedies for a sign begin in the same five minutes, in the table in
 * `RECORD_TABLE`. Of those that come at the same moment, no more than so many get one; a cluster keeps its own.
 * @returns whether the cluster has a place
 * @throws what AWS answers
 */
export async function fleetPlace(sign: string, clusterName: string, most: number, now: Date): Promise<boolean> {
  client ??= new DynamoDBClient(QUICK);
  const began = Math.floor(now.getTime() / PLACES_MS) * PLACES_MS;
  try {
    await client.send(
      new UpdateItemCommand({
        TableName: process.env["RECORD_TABLE"],
        Key: { execution: { S: FLEET_PLACES }, subject: { S: `${new Date(began).toISOString()} ${sign}` } },
        UpdateExpression: "ADD #clusters :own SET #expires = :expires",
        ConditionExpression: "attribute_not_exists(#clusters) OR contains(#clusters, :name) OR size(#clusters) < :most",
        ExpressionAttributeNames: { "#clusters": "clusters", "#expires": "expires" },
        ExpressionAttributeValues: {
          ":own": { SS: [clusterName] },
          ":name": { S: clusterName },
          ":most": { N: String(most) },
          ":expires": { N: String(Math.floor((began + PLACES_MS) / 1_000) + KEPT_SECONDS) },
        },
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}
