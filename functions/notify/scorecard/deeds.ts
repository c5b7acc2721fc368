import { subjectOf, type OutcomeRecord } from "../record/record.ts";
import type { WorkloadRef } from "../../shared/refs.ts";
import { oldestFirst } from "./decisions.ts";

/** A fault that comes back within this time was not mended: a day. */
const COMES_BACK_SECONDS = 86_400;

/**
 * What became of something that was done. `held`: it helped, and nothing is known to have come back within a day. `came_back`: it
 * helped, and the same was found again. `in_vain`: it did not help. `taken_back`: somebody had it undone.
 */
export interface Deed {
  at: string;
  execution: string;
  workload: WorkloadRef;
  cause: string;
  action: string;
  result: "held" | "came_back" | "in_vain" | "taken_back";
  /** Whether it made well what nobody knows the reason of: a restart mends no cause. */
  unexplained: boolean;
}

/** What was done because a run found something, the oldest first. Whether that was right which somebody asked for is theirs to say. */
export function deedsIn(records: readonly OutcomeRecord[]): Deed[] {
  const all = oldestFirst(records);
  return all.flatMap((record, index) => {
    const { at, execution, workload, cause, changes, asked_by, dry_run } = record;
    const change = changes.at(-1)?.change;
    if (workload === undefined || change === undefined || dry_run || asked_by !== "found") return [];
    const later = all.slice(index + 1).filter((each) => subjectOf(each) === subjectOf(record));
    const result = resultOf(record, later);
    const unexplained = change.kind === "restart" && (result === "held" || result === "came_back");
    return [{ at, execution: execution.name, workload, cause, action: change.kind, result, unexplained }];
  });
}

function resultOf(record: OutcomeRecord, later: readonly OutcomeRecord[]): Deed["result"] {
  // The next that was done is what a later undo is about.
  const nextChange = later.findIndex(({ changes, outcome }) => changes.length > 0 && outcome !== "Undone");
  const until = nextChange === -1 ? later : later.slice(0, nextChange);
  if (until.some(({ outcome, dry_run }) => outcome === "Undone" && !dry_run)) return "taken_back";
  if (record.outcome !== "Recovered") return "in_vain";
  const soon = Date.parse(record.at) + COMES_BACK_SECONDS * 1_000;
  const isBack = later.some((each) => each.cause === record.cause && Date.parse(each.at) <= soon);
  return isBack ? "came_back" : "held";
}
