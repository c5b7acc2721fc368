import { existsSync } from "node:fs";
import { InvalidArgumentError, type Command } from "commander";
import type { OutcomeRecord } from "../../functions/notify/record/record.ts";
import { RemediationError } from "../../functions/shared/errors.ts";
import type { Policy } from "../../functions/shared/policy.ts";
import { some } from "../../functions/shared/text.ts";
import { defaultRecordFile, recordInFile } from "../record/file.ts";
import { executeOnMachine } from "../record/machine.ts";
import { RecordUnreadable, type RecordStore } from "../record/store.ts";
import { recordInTable } from "../record/table.ts";
import { historyTable, recordText } from "../record/text.ts";
import { undoRequest } from "../record/undo.ts";
import { checkReport } from "../report/file.ts";
import { runOnCluster } from "./run-on-cluster.ts";
import { EXIT, exitCode, outcomeTable } from "./summary.ts";
import type { ExecutionResult } from "../engine/engine.ts";

/** Which record is read: that of a deployed stack, or that of this machine. */
export interface RecordOptions {
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

interface UndoOptions extends RecordOptions {
  workload?: string;
  machine?: string;
  kubeconfig?: string;
  context?: string;
  policy?: string;
  dryRun?: boolean;
  yes?: boolean;
  report: string;
}

/** What a command does, once it is known that there is nothing wrong with how it was given. */
export type Chosen = { json: boolean; run: () => Promise<number> };

/**
 * Adds the commands that look back, and the one that takes back.
 * @param choose is told what the command that was given does
 * @param readPolicy reads the policy in a file
 */
export function addRecordCommands(
  command: Command,
  choose: (chosen: Chosen) => void,
  readPolicy: (file: string | undefined) => Policy,
): void {
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
  withRecord(command.command("undo"))
    .description("Take back what an execution did, if that is still as it was left.")
    .argument("<execution>", "its name or ARN, as history and messages have it")
    .option("--workload <subject>", "of which workload, as history names it, where the execution had several")
    .option("--machine <arn>", "have a deployed stack do it: its output StateMachineArn")
    .option("--kubeconfig <file>", "or do it from here, on the cluster of this kubeconfig")
    .option("--context <name>", "the context in it (default: its current context)")
    .option("--policy <file>", "a JSON file with the remediation policy, with --kubeconfig or --context")
    .option("--dry-run", "say what would be done, and change nothing")
    .option("--yes", "do it without asking, with --kubeconfig or --context")
    .option("--report <file>", "where to write the report, one HTML file", "remediation-report.html")
    .action((execution: string, options: UndoOptions) => {
      choose({ json: options.json ?? false, run: () => undo(execution, options, readPolicy) });
    });
}

/** Adds the options that say which record is read. */
export function withRecord(command: Command): Command {
  return command
    .option("--table <name>", "the table of a deployed stack: its output RecordTableName")
    .option("--region <name>", "the table's AWS region (default: as the AWS CLI has it)")
    .option("--record <file>", `the file of runs on this machine (default: ${defaultRecordFile()})`)
    .option("--json", "print one JSON object a line");
}

async function history(options: HistoryOptions): Promise<number> {
  const { namespace, since, limit } = options;
  const { outcomes, unread } = await storeOf(options).list({ namespace, since, limit });
  tellUnread(unread);
  print(options.json === true ? outcomes.map((each) => JSON.stringify(each)) : [historyTable(outcomes)]);
  return EXIT.nothingToDo;
}

async function show(execution: string, options: RecordOptions): Promise<number> {
  const records = await recordsOf(execution, options);
  const texts = records.map((record) => (options.json === true ? JSON.stringify(record) : recordText(record)));
  print(options.json === true ? texts : [texts.join("\n\n\n")]);
  return EXIT.nothingToDo;
}

async function undo(
  execution: string,
  options: UndoOptions,
  readPolicy: (file: string | undefined) => Policy,
): Promise<number> {
  const { machine, kubeconfig, context, json = false, dryRun = false, yes = false, report, workload } = options;
  const isHere = kubeconfig !== undefined || context !== undefined;
  if ((machine === undefined) !== isHere) {
    throw new RemediationError("InvalidRequest", "Name one who is to do it: --machine, or --kubeconfig or --context.");
  }
  const request = undoRequest(await recordsOf(execution, options), workload);
  if (machine !== undefined) {
    const asked = { ...request, ...(dryRun ? { dry_run: true } : {}) };
    const result = await executeOnMachine(machine, asked, (arn) => process.stderr.write(`Started ${arn}\n`));
    print([json ? JSON.stringify(result) : textOf(result)]);
    return exitCode(result);
  }
  // The cluster is the one that was named; that it is the same workload, its UID tells.
  const { cluster_name: _recorded, ...input } = request;
  const policy = readPolicy(options.policy);
  checkReport(report);
  const where = { kubeconfig, context, record: options.record };
  return await runOnCluster({ ...where, input: JSON.stringify(input), policy, dryRun, yes, json, report });
}

/** How an execution of a deployed stack ended. */
function textOf(result: ExecutionResult): string {
  if (result.status === "succeeded") return outcomeTable(result.output);
  return result.status === "failed" ? `${result.error.name}: ${result.error.cause}` : result.status;
}

/** The outcomes of one execution. @throws RecordUnreadable when there is none */
async function recordsOf(execution: string, options: RecordOptions): Promise<OutcomeRecord[]> {
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

/** How many places are named. */
const MAX_NAMED = 3;

/** Says on stderr what was left out of a list. */
export function tellUnread(unread: readonly string[]): void {
  if (unread.length === 0) return;
  const entries =
    unread.length === 1
      ? "One entry of the record is left out, since it"
      : `${unread.length} entries of the record are left out, since they`;
  process.stderr.write(`${entries} cannot be read as an outcome by this version: ${some(unread, MAX_NAMED)}.\n`);
}

function print(lines: readonly string[]): void {
  if (lines.length > 0) process.stdout.write(`${lines.join("\n")}\n`);
}

const SECONDS: Readonly<Record<string, number>> = { m: 60, h: 3_600, d: 86_400 };

/** The moment that long ago, RFC 3339. */
export function readSince(text: string): string {
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
