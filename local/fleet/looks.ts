import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { itemsOf } from "../../functions/notify/record/table.ts";
import { KeptLook } from "../../functions/patrol/look.ts";
import { LOOKS } from "../../functions/shared/looks.ts";
import { CLIENT_OPTIONS } from "../../functions/shared/aws/client-options.ts";
import { refusalOf } from "../../functions/shared/aws/refusal.ts";
import { RecordUnreadable } from "../record/store.ts";

/** The latest look at each cluster in the table of a deployed stack, and how many cannot be read by this version. */
export interface Looks {
  looks: KeptLook[];
  unread: number;
}

/**
 * Reads them.
 * @param region as the AWS SDK finds it by default
 * @throws RecordUnreadable with what AWS answers
 */
export async function looksIn(table: string, region: string | undefined): Promise<Looks> {
  const client = new DynamoDBClient({ ...CLIENT_OPTIONS, ...(region === undefined ? {} : { region }) });
  try {
    const parsed = (await itemsOf(client, table, LOOKS)).map(({ look }) => parse(look?.S ?? ""));
    const looks = parsed.filter((look) => look !== undefined);
    return { looks, unread: parsed.length - looks.length };
  } catch (error) {
    const { message, cause } = refusalOf(error);
    throw new RecordUnreadable(`The table cannot be read: ${cause.name}: ${message}`, { cause });
  }
}

function parse(text: string): KeptLook | undefined {
  try {
    return KeptLook.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
