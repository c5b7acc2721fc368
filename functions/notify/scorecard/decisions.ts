import { planOf } from "../../remedies/remedies.ts";
import type { Plan } from "../../remedies/remedy.ts";
import { subjectOf, type OutcomeRecord } from "../record/record.ts";
import type { WorkloadRef } from "../../shared/refs.ts";

/** Something that would have been done, had its mode let it. */
export interface Decision {
  /** When it was first told, RFC 3339. */
  at: string;
  workload: WorkloadRef;
  cause: string;
  plan: Plan;
  /** UID and template hash of the workload then. */
  workloadUid: string | undefined;
  template: string | undefined;
  /** When it was carried out here all the same, because somebody asked for it or approved it. */
  carriedOut?: { at: string; outcome: string };
  /** When it was declined. */
  declinedAt?: string;
}

/** The decisions of runs that found something by themselves, the oldest first; one that was told again is the same one. */
export function decisionsIn(records: readonly OutcomeRecord[]): Decision[] {
  const decisions = new Map<string, Decision>();
  for (const record of oldestFirst(records)) {
    const { workload, proposed, at, cause, template, workload_uid: workloadUid, asked_by } = record;
    const plan = proposed === undefined ? undefined : planOf(proposed);
    if (workload === undefined) continue;
    if (plan === undefined) {
      settle(record, [...decisions.values()]);
      continue;
    }
    if (asked_by !== "found") continue;
    const key = JSON.stringify([subjectOf(record), workloadUid, template, plan]);
    if (!decisions.has(key)) decisions.set(key, { at, workload, cause, plan, workloadUid, template });
  }
  return [...decisions.values()];
}

/** Notes on the latest open decision about the workload what this outcome says of it. */
function settle(record: OutcomeRecord, decisions: readonly Decision[]): void {
  const subject = subjectOf(record);
  const open = decisions.findLast(
    (each) =>
      subjectOf({ workload: each.workload }) === subject &&
      each.carriedOut === undefined &&
      each.declinedAt === undefined &&
      (record.template === undefined || each.template === undefined || each.template === record.template),
  );
  if (open === undefined || record.dry_run) return;
  if (record.reason === "Declined") open.declinedAt = record.at;
  else if (record.changes.some(({ change }) => change.kind === open.plan.action)) {
    open.carriedOut = { at: record.at, outcome: record.outcome };
  }
}

/** The records in the order in which they were told. */
export function oldestFirst(records: readonly OutcomeRecord[]): OutcomeRecord[] {
  return records.toSorted((a, b) => a.at.localeCompare(b.at));
}
