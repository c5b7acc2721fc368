import * as z from "zod";
import { Change, Outcome, Report } from "../run/contracts.ts";
import { WorkloadRef } from "../shared/refs.ts";

/** The version of the JSON form. It grows when a field changes its meaning or goes; new fields may come at any time. */
export const NOTIFICATION_VERSION = 1;

/** A notification in the form for machines: everything that the text says, field by field. */
export const NotificationDocument = z.strictObject({
  version: z.literal(NOTIFICATION_VERSION),
  outcome: Outcome,
  cluster_name: z.string(),
  /** Absent when the notification is about a whole run. */
  workload: WorkloadRef.optional(),
  cause: z.string(),
  confidence: z.enum(["high", "medium", "low"]).optional(),
  /** The remedy, as the policy names it, or `none`. */
  action: z.string(),
  /** The refusal's or the error's name, where there is one. */
  reason: z.string().optional(),
  summary: z.string(),
  /** How it ended, in plain words: `Fixed`, `Needs you`, `Undone, did not help`, `Would roll back`, `Waiting`. */
  headline: z.string(),
  /** The summary without what stands under the next steps. */
  what: z.string(),
  /** How it is for its users, as far as it was looked at, each with as of when; empty where it was not. */
  status: z.array(z.string()),
  /** The same in a word, as of the last look: pods that are ready of those that it is to have. Absent where none was counted. */
  standing: z.enum(["down", "up_in_part", "up"]).optional(),
  /** Whether somebody has to look. */
  needs_person: z.boolean(),
  /** Who wanted it: `found` is what a run found by itself. Absent when the notification is about a whole run. */
  asked_by: z.enum(["found", "agent", "person"]).optional(),
  /** Of a run that failed: that it was one of the schedule, of which people are told when they work again. */
  scheduled: z.literal(true).optional(),
  /** Of a storm: the one namespace that the run looked at; absent when it was the whole cluster. */
  looked_at: z.string().optional(),
  dry_run: z.boolean(),
  /** What was found failing. */
  found: z.array(z.string()),
  /** Why the cause is believed to be the cause. */
  evidence: z.array(z.string()),
  /** As of when the evidence is. */
  evidence_at: z.iso.datetime().optional(),
  /** What its containers said last: those lines of the evidence. */
  last_words: z.array(z.string()),
  /** What the version that fails has otherwise than the one before that was well, old and new. */
  differences: z.array(z.string()),
  /** What was done, in order. */
  done: z.array(z.string()),
  /** What is different on the cluster now, in words; empty when nothing is. */
  changed: z.array(z.string()),
  /** The last remedy exactly: the state before, and the state after. */
  change: Change.optional(),
  /** Whether the outcome was checked on the cluster, and what the check said. */
  verified: z.string(),
  /** Remedies that were considered and not chosen, each with the reason. */
  not_done: z.array(z.string()),
  /** What to do next. */
  next_steps: z.array(z.string()),
  /** Commands that show more, and change nothing. */
  commands: z.array(z.string()),
  /** Commands that take back what was done; none that would bring the failure back. */
  take_back: z.array(z.string()),
  /** Commands that keep the workflow away from the workload for good. */
  hands_off: z.array(z.string()),
  /** Commands that have the workflow look after it again. */
  hand_back: z.array(z.string()),
  /** The plan that waits for an answer, and until when; absent where none does. */
  proposal: z
    .strictObject({
      plan: z.string(),
      valid_until: z.iso.datetime(),
      /** The page where people approve or decline it; whoever has the address may. Absent where links are switched off. */
      url: z.url().optional(),
      /** How it is approved, and declined, in words that people read. */
      decide: z.array(z.string()),
    })
    .optional(),
  /** Who has asked for it, or decided about it, and why, in their own words. */
  requested_by: z.string().optional(),
  request_reason: z.string().optional(),
  execution: z.strictObject({
    /** The execution's ARN. */
    id: z.string(),
    /** Where the console shows it. */
    console_url: z.string().optional(),
  }),
});
export type NotificationDocument = z.output<typeof NotificationDocument>;

/** What subscribers receive. */
export interface Notification {
  /** At most 100 printable ASCII characters, as SNS requires. */
  subject: string;
  /** For people. */
  text: string;
  /** For machines. */
  document: NotificationDocument;
  /** For filter policies. */
  attributes: Record<string, string>;
  report: Report;
}
