import * as z from "zod";
import { Approval, Change, ExecutionRef, Outcome, Remedy } from "../../run/contracts.ts";
import { WorkloadRef } from "../../shared/refs.ts";

/** The version of a record. It grows when a field changes its meaning or goes; new fields may come at any time. */
export const RECORD_VERSION = 1;

const Texts = z.array(z.string());

/** Something that a remedy changed, and what became of it as far as the execution knows. */
export const RecordedChange = z.strictObject({
  change: Change,
  /** `undone`: the execution took it back. `replaced`: somebody else put something in its place. `not known`: its undo was not verified. */
  state: z.enum(["in place", "undone", "replaced", "not known"]),
  undo: z.enum(["can be undone", "cannot be undone"]),
  /** UID of the workload that it was done to: one that is made anew under its name is another. */
  workload_uid: z.string().optional(),
});
export type RecordedChange = z.output<typeof RecordedChange>;

/** One outcome as it is kept: what was found, what was decided and why, what was changed, and who asked. */
export const OutcomeRecord = z.strictObject({
  version: z.literal(RECORD_VERSION),
  /** When it was told, RFC 3339. */
  at: z.iso.datetime(),
  execution: ExecutionRef,
  cluster_name: z.string(),
  /** Absent when it is about a whole run. */
  workload: WorkloadRef.optional(),
  /** Who wanted it: `found` is what a run found by itself. Absent where a run failed before that was known. */
  asked_by: z.enum(["found", "agent", "person"]).optional(),
  /** Who that was and why, in their own words. */
  requested_by: z.string().optional(),
  request_reason: z.string().optional(),
  /** What was decided about a proposal, where this came of such a decision. */
  approval: Approval.optional(),
  /** The plan that waits for an answer, for requests that approve or decline it. */
  proposal: z.string().optional(),
  dry_run: z.boolean(),
  outcome: Outcome,
  cause: z.string(),
  confidence: z.enum(["high", "medium", "low"]).optional(),
  /** The remedy's action, or `none`. */
  action: z.string(),
  /** The refusal's or the error's name, where there is one. */
  reason: z.string().optional(),
  summary: z.string(),
  needs_person: z.boolean(),
  /** What failed, one line each. */
  found: Texts,
  /** Why the cause is believed to be the cause. */
  evidence: Texts,
  /** Remedies that were considered and not chosen, each with the reason. */
  rejected: z.array(z.strictObject({ action: z.string(), reason: z.string() })),
  /** The remedy as it was decided upon, or why there is none. */
  plan: Remedy.optional(),
  /** What would have been done if its mode had let it. */
  proposed: Remedy.optional(),
  /** UID of the workload, and a hash of its pod template, as they were when it was diagnosed. */
  workload_uid: z.string().optional(),
  template: z.string().optional(),
  /** Everything that was changed, in order. */
  changes: z.array(RecordedChange),
  /** That a remedy may have been carried out which nobody could look at. */
  may_have_changed: z.literal(true).optional(),
  /** What the undo did, in a sentence, where there was one. */
  undo: z.string().optional(),
  /** That lines, the plan or the changes were left out, since all of it is more than is kept. */
  cut: z.literal(true).optional(),
});
export type OutcomeRecord = z.output<typeof OutcomeRecord>;

/** How a whole run is named among the workloads of its execution. */
const WHOLE_RUN = "run";

/** What tells the outcomes of one execution apart: `Deployment/shop/web`, `Rollout.argoproj.io/shop/web`, or `run`. */
export function subjectOf({ workload }: Pick<OutcomeRecord, "workload">): string {
  if (workload === undefined) return WHOLE_RUN;
  const { kind, group, namespace, name } = workload;
  return [group === undefined ? kind : `${kind}.${group}`, namespace, name].join("/");
}

/** How many bytes a record may have. DynamoDB takes items of 400 kB, EventBridge entries of 256 KiB. */
const MAX_BYTES = 200_000;
/** How many lines of each list are left of a record that is too large. */
const FEW_LINES = 3;

/** The record as it may be kept: with the first lines of each list alone where it is too large, and without plan and changes where it still is. */
export function fitting(record: OutcomeRecord): OutcomeRecord {
  if (isSmall(record)) return record;
  const { found, evidence, rejected } = record;
  const shorter = {
    ...record,
    found: found.slice(0, FEW_LINES),
    evidence: evidence.slice(0, FEW_LINES),
    rejected: rejected.slice(0, FEW_LINES),
    cut: true as const,
  };
  if (isSmall(shorter)) return shorter;
  const { plan: _plan, proposed: _proposed, ...rest } = shorter;
  return { ...rest, changes: [] };
}

function isSmall(record: OutcomeRecord): boolean {
  return Buffer.byteLength(JSON.stringify(record)) <= MAX_BYTES;
}
