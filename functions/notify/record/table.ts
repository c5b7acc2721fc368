import { paginateQuery, type AttributeValue, type DynamoDBClient } from "@aws-sdk/client-dynamodb";

export type Item = Record<string, AttributeValue>;

/** What the index by time has of each outcome since then, the newest first, page by page. @throws what AWS answers */
export async function* listedSince(client: DynamoDBClient, table: string, since: string): AsyncGenerator<Item[]> {
  const pages = paginateQuery(
    { client },
    {
      TableName: table,
      IndexName: "by-time",
      KeyConditionExpression: "#list = :all AND #at >= :since",
      ExpressionAttributeNames: { "#list": "list", "#at": "at" },
      ExpressionAttributeValues: { ":all": { S: "outcomes" }, ":since": { S: since } },
      ScanIndexForward: false,
    },
  );
  for await (const { Items: items = [] } of pages) yield items;
}

/** The outcomes of an execution, as they are kept. @throws what AWS answers */
export async function itemsOf(client: DynamoDBClient, table: string, execution: string): Promise<Item[]> {
  const pages = paginateQuery(
    { client },
    {
      TableName: table,
      KeyConditionExpression: "execution = :execution",
      ExpressionAttributeValues: { ":execution": { S: execution } },
    },
  );
  const found: Item[] = [];
  for await (const { Items: items = [] } of pages) found.push(...items);
  return found;
}
