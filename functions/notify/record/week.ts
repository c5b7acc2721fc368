import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import * as z from "zod";
import { CLIENT_OPTIONS } from "../../shared/aws/client-options.ts";
import { mapConcurrently } from "../../shared/concurrency.ts";
import { parsedAs } from "../../shared/parsed.ts";
import { OutcomeRecord, subjectOf } from "./record.ts";
import { itemsOf, listedSince } from "./table.ts";

/** Outcomes of some time, and what is not among them. */
export interface Records {
  records: OutcomeRecord[];
  /** How many cannot be read. */
  unread: number;
  /** Whether older ones of that time are left out, since there are so many. */
  isCut: boolean;
}

/** How many executions are read at once. */
const AT_ONCE = 10;
/** Later versions may have more fields. */
const Kept = z.object(OutcomeRecord.shape);

let client: DynamoDBClient | undefined;

/**
 * The latest outcomes since then in the table in `RECORD_TABLE`.
 * @param most how many are looked through
 * @throws what AWS answers
 */
export async function recordsSince(since: string, most: number): Promise<Records> {
  client ??= new DynamoDBClient(CLIENT_OPTIONS);
  const reading = client;
  const table = process.env["RECORD_TABLE"] ?? "";
  const listed: string[] = [];
  for await (const items of listedSince(client, table, since)) {
    listed.push(...items.map(({ execution, subject }) => keyOf(execution?.S, subject?.S)));
    if (listed.length > most) break;
  }
  const wanted = new Set(listed.slice(0, most));
  const executions = [...new Set([...wanted].map((key) => key.split("\n", 1)[0] ?? ""))];
  const texts = await mapConcurrently(executions, AT_ONCE, async (execution) =>
    (await itemsOf(reading, table, execution)).map(({ record }) => record?.S ?? ""),
  );
  const parsed = texts.flat().map((text) => parsedAs(Kept, text));
  const records = parsed.filter((record) => record !== undefined);
  return {
    records: records.filter((record) => wanted.has(keyOf(record.execution.name, subjectOf(record)))),
    unread: parsed.length - records.length,
    isCut: listed.length > most,
  };
}

/** Names hold no line breaks. */
function keyOf(execution = "", subject = ""): string {
  return `${execution}\n${subject}`;
}
