import { existsSync, readFileSync } from "node:fs";
import { appendFile, mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import * as z from "zod";
import { OutcomeRecord, subjectOf } from "../../functions/notify/record/record.ts";
import { WorkloadRef } from "../../functions/shared/refs.ts";
import { isListed, RecordUnreadable, type Listed, type RecordStore } from "./store.ts";

/** Adds a record to a file, one JSON object a line, which nobody but its owner may read. @throws what the file system answers */
export async function keepInFile(file: string, record: OutcomeRecord): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await appendFile(file, `${JSON.stringify(record)}\n`, { mode: 0o600 });
}

/**
 * The outcomes in such a file. Of an outcome that was kept twice the later one counts. What another version wrote is listed as far
 * as it is like an outcome of this one; what is not is left out, and named.
 */
export function recordInFile(file: string): RecordStore {
  return {
    list: (query) => {
      const { lines, unread } = read(file);
      const shown = lines
        .reverse()
        .map(({ listed }) => listed)
        .filter((each) => isListed(each, query));
      const outcomes = shown.sort((a, b) => b.at.localeCompare(a.at)).slice(0, query.limit);
      return Promise.resolve({ outcomes, unread });
    },
    of: (name) => {
      const { lines, unread } = read(file);
      const own = lines.filter(({ listed }) => listed.execution === name);
      return Promise.resolve({ outcomes: own.map(({ text, where }) => parseRecord(text, where)), unread });
    },
  };
}

/** One line of the file. */
interface Line {
  text: string;
  where: string;
  listed: Listed;
}

/** @returns the lines that can be listed, the last of each outcome, and which cannot */
function read(file: string): { lines: Line[]; unread: string[] } {
  if (!existsSync(file)) return { lines: [], unread: [] };
  const byKey = new Map<string, Line>();
  const unread: string[] = [];
  for (const [index, text] of readFileSync(file, "utf8").split("\n").entries()) {
    if (text === "") continue;
    const where = `line ${index + 1} of ${file}`;
    const listed = listedIn(text);
    if (listed === undefined) unread.push(where);
    else byKey.set(`${listed.execution} ${listed.subject}`, { text, where, listed });
  }
  return { lines: [...byKey.values()], unread };
}

/**
 * The record, without fields that this version does not know; those of a change are not left out, as it may be undone.
 * @param where it is, for the message. @throws RecordUnreadable when it is none, or of another version
 */
export function parseRecord(text: string, where: string): OutcomeRecord {
  const parsed = KnownFields.safeParse(jsonOf(text));
  if (parsed.success) return parsed.data;
  throw new RecordUnreadable(
    `The record cannot be read: ${where} is no outcome as this version writes it. Read it with the version that wrote it.`,
  );
}

const KnownFields = z.object(OutcomeRecord.shape);

/** What a list needs of an outcome: later versions may know more fields, outcomes, causes and actions. */
const ListedFields = z.object({
  ...OutcomeRecord.pick({ version: true, at: true, cluster_name: true, cause: true, action: true }).shape,
  ...OutcomeRecord.pick({ reason: true, needs_person: true, dry_run: true }).shape,
  execution: z.object({ name: z.string() }),
  workload: z.object(WorkloadRef.shape).optional(),
  outcome: z.string(),
  asked_by: z.string().optional(),
});

/** The outcome as a list shows it; undefined where the text is none. */
function listedIn(text: string): Listed | undefined {
  const { data } = ListedFields.safeParse(jsonOf(text));
  if (data === undefined) return undefined;
  const { version: _version, execution, workload, ...fields } = data;
  return { ...fields, execution: execution.name, subject: subjectOf({ workload }) };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
