import { DynamoDBClient, paginateQuery } from "@aws-sdk/client-dynamodb";
import { CLIENT_OPTIONS } from "../shared/aws/client-options.ts";
import { refusalOf } from "../shared/aws/refusal.ts";
import { DISCOVERED, parseDiscovered, sourceName, type Discovered } from "../shared/discovered.ts";
import { RemediationError } from "../shared/errors.ts";
import type { Hub } from "../shared/hub.ts";
import { arnOfCluster, clustersOf, sourcesOf } from "./fleet.ts";

let client: DynamoDBClient | undefined;

/** What was discovered, in the table in `RECORD_TABLE`, as far as this version can read it. @throws what AWS answers */
export async function keptDiscovered(): Promise<Discovered[]> {
  client ??= new DynamoDBClient(CLIENT_OPTIONS);
  const pages = paginateQuery(
    { client },
    {
      TableName: process.env["RECORD_TABLE"],
      KeyConditionExpression: "execution = :key",
      ExpressionAttributeValues: { ":key": { S: DISCOVERED } },
    },
  );
  const kept: Discovered[] = [];
  for await (const { Items: items = [] } of pages)
    kept.push(...items.flatMap(({ discovered }) => parseDiscovered(discovered?.S ?? "") ?? []));
  return kept;
}

/**
 * The clusters that were discovered and wait for nothing, with the minutes between looks: where the list still has clusters
 * discovered, and but those that the list has itself. Without anything to discover, the table is not read.
 * @throws RemediationError `FleetUnreadable`, where what was discovered cannot be read, too
 */
export async function discoveredOf(
  hub: Hub,
  kept: () => Promise<readonly Discovered[]> = keptDiscovered,
): Promise<{ arn: string; everyMinutes: number | undefined }[]> {
  const [listed, sources] = await Promise.all([clustersOf(hub), sourcesOf(hub)]);
  if (sources.length === 0) return [];
  const bySource = new Map((await read(kept)).map((each) => [sourceName(each), each]));
  const known = new Set([hub.own, ...listed.map(({ arn }) => arn)]);
  return sources
    .flatMap(({ account, region, everyMinutes }) =>
      (bySource.get(sourceName({ account, region }))?.clusters ?? [])
        .filter(({ waits }) => waits === undefined)
        .map(({ name }) => ({ arn: arnOfCluster(hub, { name, account, region }), everyMinutes })),
    )
    .filter(({ arn }) => !known.has(arn));
}

async function read(kept: () => Promise<readonly Discovered[]>): Promise<readonly Discovered[]> {
  try {
    return await kept();
  } catch (error) {
    const { message, cause } = refusalOf(error);
    throw new RemediationError("FleetUnreadable", `Which clusters were discovered cannot be read: ${message}`, {
      cause,
    });
  }
}
