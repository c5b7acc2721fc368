import { DynamoDBClient, paginateQuery } from "@aws-sdk/client-dynamodb";
import { FLEET_STORMS, parseFleetStorm, type FleetStorm } from "../shared/fleet-storms.ts";

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
