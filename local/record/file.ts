import { existsSync, readFileSync } from "node:fs";
import { appendFile, mkdir } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { OutcomeRecord, subjectOf } from "../../functions/notify/record/record.ts";
import { isListed, RecordUnreadable, type Listed, type RecordStore } from "./store.ts";

/** Where outcomes are kept on one machine unless another file is named. */
export function defaultRecordFile(): string {
  const state = process.env["XDG_STATE_HOME"] ?? join(homedir(), ".local", "state");
  return join(state, "eks-remediation", "record.jsonl");
}

/** Adds a record to a file, one JSON object a line, which nobody but its owner may read. @throws what the file system answers */
export async function keepInFile(file: string, record: OutcomeRecord): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await appendFile(file, `${JSON.stringify(record)}\n`, { mode: 0o600 });
}

/** The outcomes in such a file. Of an outcome that was kept twice the later one counts. */
export function recordInFile(file: string): RecordStore {
  return {
    list: (query) => {
      const newestFirst = read(file).reverse().map(listed);
      const shown = newestFirst.filter((each) => isListed(each, query));
      return Promise.resolve(shown.sort((a, b) => b.at.localeCompare(a.at)).slice(0, query.limit));
    },
    of: (name) => Promise.resolve(read(file).filter(({ execution }) => execution.name === name)),
  };
}

function read(file: string): OutcomeRecord[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, "utf8").split("\n");
  const byKey = new Map<string, OutcomeRecord>();
  for (const [index, line] of lines.entries()) {
    if (line === "") continue;
    const record = parseRecord(line, `line ${index + 1} of ${file}`);
    byKey.set(`${record.execution.name} ${subjectOf(record)}`, record);
  }
  return [...byKey.values()];
}

/** @param where it is, for the message. @throws RecordUnreadable when it is none, or of another version */
export function parseRecord(text: string, where: string): OutcomeRecord {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new RecordUnreadable(`The record cannot be read: ${where} is no JSON.`);
  }
  const parsed = OutcomeRecord.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new RecordUnreadable(
    `The record cannot be read: ${where} is no outcome as this version writes it. Read it with the version that wrote it.`,
  );
}

function listed(record: OutcomeRecord): Listed {
  const { at, cluster_name, execution, outcome, cause, action, reason, needs_person, dry_run, asked_by } = record;
  const fields = { at, cluster_name, outcome, cause, action, reason, needs_person, dry_run, asked_by };
  return { ...fields, execution: execution.name, subject: subjectOf(record) };
}
