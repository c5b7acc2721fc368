import * as z from "zod";
import { RevisionRef } from "../../shared/refs.ts";
import type { RemedyEntry } from "../entry.ts";

export const ROLLOUT_ABORT = {
  action: "rollout-abort",
  insteadOf: "rollback",
  description:
    "Aborts the rollout of a Rollout in its status, by which its controller goes back to what was promoted last.",
  mode: "automatic",
  event: "RemediationAborted",
  apply: {
    name: "Abort the rollout",
    comment: "Has the controller of Argo Rollouts go back to what was promoted last; the spec stays as it is.",
  },
  undo: {
    name: "Take the abort back",
    comment: "Only while the Rollout is as the remedy left it: what somebody has tried again or changed stands.",
  },
} as const satisfies RemedyEntry;

const fields = {
  /** The revision whose rollout is aborted. */
  before: RevisionRef,
  /** The revision that was promoted last, to which its controller goes back. */
  after: RevisionRef,
};
/** When it was aborted, as its status has it: another abort has another moment. RFC 3339. */
const aborted_at = z.string();

/** The rollout that is to be aborted. */
export const RolloutAbortPlan = z.strictObject({
  action: z.literal("rollout-abort"),
  ...fields,
  /** Present where an abort is taken back, since somebody asks for that: which one. */
  back: z.strictObject({ aborted_at }).optional(),
});
export type RolloutAbortPlan = z.output<typeof RolloutAbortPlan>;

/** The rollout that was aborted. */
export const RolloutAbortChange = z.strictObject({
  kind: z.literal("rollout-abort"),
  ...fields,
  aborted_at,
  /** Present where that abort was taken back, since somebody had asked for that. */
  back: z.literal(true).optional(),
});
export type RolloutAbortChange = z.output<typeof RolloutAbortChange>;
