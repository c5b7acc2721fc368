import { itemsOf } from "../../functions/notify/record/table.ts";
import { LOOKS, parseLook, type KeptLook } from "../../functions/shared/looks.ts";
import { reading, tableClient } from "../record/table.ts";

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
  const items = await reading("table", () => itemsOf(tableClient(region), table, LOOKS));
  const parsed = items.map(({ look }) => parseLook(look?.S ?? ""));
  const looks = parsed.filter((look) => look !== undefined);
  return { looks, unread: parsed.length - looks.length };
}
