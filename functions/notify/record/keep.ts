import { DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { CLIENT_OPTIONS, inTime } from "../../shared/aws/client-options.ts";
import { subjectOf, type OutcomeRecord } from "./record.ts";

/** Who the events on the bus are from, and what they are called: rules filter on both. */
export const EVENT_SOURCE = "eks-remediation";
export const EVENT_TYPE = "Remediation outcome";

const DAY_SECONDS = 86_400;

let table: DynamoDBClient | undefined;
let bus: EventBridgeClient | undefined;

/**
 * Keeps a record in the table in `RECORD_TABLE` for as many days as `RECORD_DAYS` says, and puts it on the account's default
 * event bus. Doing it again overwrites the one, and sends the other again.
 * @throws what AWS answers to either, when the other was done as well
 */
export async function keepInAws(record: OutcomeRecord): Promise<void> {
  const done = await Promise.allSettled([put(record), send(record)]);
  for (const each of done) if (each.status === "rejected") throw each.reason;
}

async function put(record: OutcomeRecord): Promise<void> {
  table ??= new DynamoDBClient(CLIENT_OPTIONS);
  const days = Number(process.env["RECORD_DAYS"]);
  await table.send(
    new PutItemCommand({ TableName: process.env["RECORD_TABLE"], Item: itemOf(record, days) }),
    inTime(),
  );
}

/** The record as an item: what a list shows, field by field, and all of it as JSON text. */
export function itemOf(record: OutcomeRecord, days: number) {
  const { at, execution, cluster_name, outcome, cause, action, reason, needs_person, dry_run, asked_by } = record;
  const texts = { cluster_name, at, outcome, cause, action, reason, asked_by };
  return {
    execution: { S: execution.name },
    subject: { S: subjectOf(record) },
    list: { S: "outcomes" },
    ...Object.fromEntries(
      Object.entries(texts).flatMap(([name, text]) => (text === undefined ? [] : [[name, { S: text }] as const])),
    ),
    needs_person: { BOOL: needs_person },
    dry_run: { BOOL: dry_run },
    expires: { N: String(Math.floor(Date.parse(at) / 1_000) + days * DAY_SECONDS) },
    record: { S: JSON.stringify(record) },
  };
}

async function send(record: OutcomeRecord): Promise<void> {
  bus ??= new EventBridgeClient(CLIENT_OPTIONS);
  const entry = {
    Source: EVENT_SOURCE,
    DetailType: EVENT_TYPE,
    Time: new Date(record.at),
    Detail: JSON.stringify(sentOf(record)),
  };
  const { Entries: [answer] = [] } = await bus.send(new PutEventsCommand({ Entries: [entry] }), inTime());
  if (answer?.ErrorCode !== undefined) throw Object.assign(new Error(answer.ErrorMessage), { name: answer.ErrorCode });
}

/** The record without what containers and the API server said: the bus is the account's, and not encrypted with the stack's key. */
export function sentOf({ found: _found, evidence: _evidence, ...sent }: OutcomeRecord) {
  return sent;
}
