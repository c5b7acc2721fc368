import { existsSync } from "node:fs";
import type { OutcomeRecord } from "../../functions/notify/record/record.ts";
import { some } from "../../functions/shared/text.ts";
import { defaultRecordFile } from "../record/default-file.ts";
import { recordInFile } from "../record/file.ts";
import { RecordUnreadable, type RecordStore } from "../record/store.ts";
import { recordInTable } from "../record/table.ts";
import { historyTable, recordText } from "../record/text.ts";
import { EXIT } from "./exit.ts";

/** Which record is read: that of a deployed stack, or that of this machine. */
export interface RecordOptions {
  table?: string;
  region?: string;
  record?: string;
  json?: boolean;
}

/** Which of its outcomes are listed. */
export interface HistoryOptions extends RecordOptions {
  namespace?: string;
  since?: string;
  limit: number;
}

/** How many places are named. */
const MAX_NAMED = 3;

/** Prints the newest outcomes of the record. */
export async function history(options: HistoryOptions): Promise<number> {
  const { namespace, since, limit } = options;
  const { outcomes, unread } = await storeOf(options).list({ namespace, since, limit });
  tellUnread(unread);
  print(options.json === true ? outcomes.map((each) => JSON.stringify(each)) : [historyTable(outcomes)]);
  return EXIT.nothingToDo;
}

/** Prints all that is kept of an execution's outcomes. */
export async function show(execution: string, options: RecordOptions): Promise<number> {
  const records = await recordsOf(execution, options);
  const texts = records.map((record) => (options.json === true ? JSON.stringify(record) : recordText(record)));
  print(options.json === true ? texts : [texts.join("\n\n\n")]);
  return EXIT.nothingToDo;
}

/** The outcomes of one execution. @throws RecordUnreadable when there is none */
export async function recordsOf(execution: string, options: RecordOptions): Promise<OutcomeRecord[]> {
  // An ARN ends with the name.
  const name = execution.split(":").at(-1) ?? execution;
  const { outcomes: records, unread } = await storeOf(options).of(name);
  tellUnread(unread);
  if (records.length > 0) return records;
  throw new RecordUnreadable(`The record holds no outcome of ${name}. The command history lists what it holds.`);
}

/** The record that the options name. @throws RecordUnreadable when they name two, or a file that is not there */
export function storeOf({ table, region, record }: RecordOptions): RecordStore {
  if (table !== undefined && record !== undefined) {
    throw new RecordUnreadable("Give either --table or --record: each is a record of its own.");
  }
  if (table !== undefined) return recordInTable(table, region);
  // Without one, nothing may have been done yet on this machine.
  if (record !== undefined && !existsSync(record)) {
    throw new RecordUnreadable(`There is no record at ${record}. Check the path.`);
  }
  return recordInFile(record ?? defaultRecordFile());
}

/** Says on stderr what was left out of a list. */
export function tellUnread(unread: readonly string[]): void {
  if (unread.length === 0) return;
  const entries =
    unread.length === 1
      ? "One entry of the record is left out, since it"
      : `${unread.length} entries of the record are left out, since they`;
  process.stderr.write(`${entries} cannot be read as an outcome by this version: ${some(unread, MAX_NAMED)}.\n`);
}

/** Prints lines, if there are any. */
export function print(lines: readonly string[]): void {
  if (lines.length > 0) process.stdout.write(`${lines.join("\n")}\n`);
}
