import { InvalidArgumentError, type Command } from "commander";
import { defaultRecordFile } from "../record/default-file.ts";
import type { HistoryOptions, RecordOptions } from "./look-back.ts";
import type { UndoOptions } from "./take-back.ts";

/** What a command does, once it is known that there is nothing wrong with how it was given. */
export type Chosen = { json: boolean; run: () => Promise<number> };

/**
 * Adds the commands that look back, and the one that takes back.
 * @param choose is told what the command that was given does
 */
export function addRecordCommands(command: Command, choose: (chosen: Chosen) => void): void {
  withRecord(command.command("history"))
    .description("List the newest outcomes of the record.")
    .option("--namespace <name>", "of this namespace only")
    .option("--since <time>", "not older than this: 45m, 12h, 7d", readSince)
    .option("--limit <number>", "how many at most", readLimit, 20)
    .action((options: HistoryOptions) => {
      choose({ json: options.json ?? false, run: async () => (await import("./look-back.ts")).history(options) });
    });
  withRecord(command.command("show"))
    .description("Show all that is kept of an execution's outcomes: evidence, plan, change, undo, who asked.")
    .argument("<execution>", "its name or ARN, as history and messages have it")
    .action((execution: string, options: RecordOptions) => {
      choose({
        json: options.json ?? false,
        run: async () => (await import("./look-back.ts")).show(execution, options),
      });
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
      choose({
        json: options.json ?? false,
        run: async () => (await import("./take-back.ts")).undo(execution, options),
      });
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
