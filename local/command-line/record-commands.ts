import { InvalidArgumentError, type Command } from "commander";
import { defaultRecordFile, recordInFile } from "../record/file.ts";
import { RecordUnreadable, type RecordStore } from "../record/store.ts";
import { recordInTable } from "../record/table.ts";
import { historyTable, recordText } from "../record/text.ts";
import { EXIT } from "./summary.ts";

/** Which record is read: that of a deployed stack, or that of this machine. */
interface RecordOptions {
  table?: string;
  region?: string;
  record?: string;
  json?: boolean;
}

interface HistoryOptions extends RecordOptions {
  namespace?: string;
  since?: string;
  limit: number;
}

/** What a command does, once it is known that there is nothing wrong with how it was given. */
export type Chosen = { json: boolean; run: () => Promise<number> };

/** Adds the commands that look back. @param choose is told what the command that was given does */
export function addRecordCommands(command: Command, choose: (chosen: Chosen) => void): void {
  withRecord(command.command("history"))
    .description("List the newest outcomes of the record.")
    .option("--namespace <name>", "of this namespace only")
    .option("--since <time>", "not older than this: 45m, 12h, 7d", readSince)
    .option("--limit <number>", "how many at most", readLimit, 20)
    .action((options: HistoryOptions) => {
      choose({ json: options.json ?? false, run: () => history(options) });
    });
  withRecord(command.command("show"))
    .description("Show all that is kept of an execution's outcomes: evidence, plan, change, undo, who asked.")
    .argument("<execution>", "its name or ARN, as history and messages have it")
    .action((execution: string, options: RecordOptions) => {
      choose({ json: options.json ?? false, run: () => show(execution, options) });
    });
}

function withRecord(command: Command): Command {
  return command
    .option("--table <name>", "the table of a deployed stack: its output RecordTableName")
    .option("--region <name>", "the table's AWS region (default: as the AWS CLI has it)")
    .option("--record <file>", `the file of runs on this machine (default: ${defaultRecordFile()})`)
    .option("--json", "print one JSON object a line");
}

async function history(options: HistoryOptions): Promise<number> {
  const { namespace, since, limit } = options;
  const outcomes = await storeOf(options).list({ namespace, since, limit });
  print(options.json === true ? outcomes.map((each) => JSON.stringify(each)) : [historyTable(outcomes)]);
  return EXIT.nothingToDo;
}

async function show(execution: string, options: RecordOptions): Promise<number> {
  // An ARN ends with the name.
  const name = execution.split(":").at(-1) ?? execution;
  const records = await storeOf(options).of(name);
  if (records.length === 0) {
    throw new RecordUnreadable(`The record holds no outcome of ${name}. The command history lists what it holds.`);
  }
  const texts = records.map((record) => (options.json === true ? JSON.stringify(record) : recordText(record)));
  print(options.json === true ? texts : [texts.join("\n\n\n")]);
  return EXIT.nothingToDo;
}

/** @throws RecordUnreadable when both are named */
function storeOf({ table, region, record }: RecordOptions): RecordStore {
  if (table === undefined) return recordInFile(record ?? defaultRecordFile());
  if (record === undefined) return recordInTable(table, region);
  throw new RecordUnreadable("Give either --table or --record: each is a record of its own.");
}

function print(lines: readonly string[]): void {
  if (lines.length > 0) process.stdout.write(`${lines.join("\n")}\n`);
}

const SECONDS: Readonly<Record<string, number>> = { m: 60, h: 3_600, d: 86_400 };

/** The moment that long ago, RFC 3339. */
function readSince(text: string): string {
  const [, number = "", unit = ""] = /^(\d{1,5})([mhd])$/.exec(text) ?? [];
  const seconds = SECONDS[unit];
  if (seconds === undefined) throw new InvalidArgumentError("It must be like 45m, 12h or 7d.");
  return new Date(Date.now() - Number(number) * seconds * 1_000).toISOString();
}

function readLimit(text: string): number {
  const limit = Number(text);
  if (!(Number.isInteger(limit) && limit >= 1 && limit <= 10_000)) {
    throw new InvalidArgumentError("It must be a whole number from 1 to 10000.");
  }
  return limit;
}
