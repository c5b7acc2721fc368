import type { OutcomeRecord } from "../../functions/notify/record/record.ts";
import { CommandLineError } from "../command-line/command-line-error.ts";

/** An outcome as a list shows it. */
export type Listed = Pick<
  OutcomeRecord,
  "at" | "cluster_name" | "cause" | "action" | "reason" | "needs_person" | "dry_run"
> & {
  execution: string;
  /** As they were written: a later version may know others. */
  outcome: string;
  asked_by?: string | undefined;
  /** The workload, as `subjectOf` names it. */
  subject: string;
};

/** Which outcomes are listed. */
export interface ListQuery {
  /** The earliest, RFC 3339. */
  since?: string | undefined;
  namespace?: string | undefined;
  /** How many at most. */
  limit: number;
}

/** Where outcomes are kept. */
export interface RecordStore {
  /** The newest outcomes, the newest first. @throws RecordUnreadable */
  list: (query: ListQuery) => Promise<Read<Listed>>;
  /** The outcomes of one execution, by its name. @throws RecordUnreadable also when one of them cannot be read */
  of: (execution: string) => Promise<Read<OutcomeRecord>>;
}

/** What was read of a record. */
export interface Read<T> {
  outcomes: T[];
  /** Where something stands that cannot be read as an outcome, and was left out. */
  unread: readonly string[];
}

/** The record cannot be read: it is not there, is not what was written, or AWS does not let it be read. */
export class RecordUnreadable extends CommandLineError {
  override readonly name = "RecordUnreadable";
}

/** Whether a list shows it. */
export function isListed({ at, subject }: Pick<Listed, "at" | "subject">, { since, namespace }: ListQuery): boolean {
  if (since !== undefined && at < since) return false;
  return namespace === undefined || subject.split("/")[1] === namespace;
}
