import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { itemsOf, listedSince, type Item } from "../../functions/notify/record/table.ts";
import { CLIENT_OPTIONS } from "../../functions/shared/aws/client-options.ts";
import { refusalOf } from "../../functions/shared/aws/refusal.ts";
import { parseRecord } from "./file.ts";
import { isListed, RecordUnreadable, type Listed, type RecordStore } from "./store.ts";

/** The outcomes in the table of a deployed stack, which is only read. @param region as the AWS SDK finds it by default */
export function recordInTable(table: string, region: string | undefined): RecordStore {
  const client = tableClient(region);
  return {
    async list(query) {
      const { since = "" } = query;
      const shown: Listed[] = [];
      await reading("record", async () => {
        for await (const items of listedSince(client, table, since === "" ? "0" : since)) {
          shown.push(...items.map(listed).filter((each) => isListed(each, query)));
          if (shown.length >= query.limit) break;
        }
      });
      return { outcomes: shown.slice(0, query.limit), unread: [] };
    },
    async of(execution) {
      const records = await reading("record", async () => {
        const items = await itemsOf(client, table, execution);
        return items.map((item) => parseRecord(textIn(item, "record") ?? "", `${execution} in ${table}`));
      });
      return { outcomes: records, unread: [] };
    },
  };
}

/** The client of the table. @param region as the AWS SDK finds it by default */
export function tableClient(region: string | undefined): DynamoDBClient {
  return new DynamoDBClient({ ...CLIENT_OPTIONS, ...(region === undefined ? {} : { region }) });
}

/** @param what is read, for the error @throws RecordUnreadable with what AWS answers */
export async function reading<Result>(what: "record" | "table", work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof RecordUnreadable) throw error;
    const { message, cause } = refusalOf(error);
    throw new RecordUnreadable(`The ${what} cannot be read: ${cause.name}: ${message}`, { cause });
  }
}

function listed(item: Item): Listed {
  const text = (name: string) => textIn(item, name) ?? "";
  const fields = ["at", "cluster_name", "outcome", "cause", "action", "execution", "subject"] as const;
  const texts = Object.fromEntries(fields.map((name) => [name, text(name)])) as Record<(typeof fields)[number], string>;
  return {
    ...texts,
    reason: textIn(item, "reason"),
    asked_by: textIn(item, "asked_by"),
    needs_person: item["needs_person"]?.BOOL ?? false,
    dry_run: item["dry_run"]?.BOOL ?? false,
  };
}

function textIn(item: Item, name: string): string | undefined {
  return item[name]?.S;
}
