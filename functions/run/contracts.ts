import * as z from "zod";
import { REMEDY_CHANGES, REMEDY_PLANS, REQUESTED_REMEDIES, RequestedUndo } from "../remedies/contracts.ts";
import { Scaling } from "../remedies/scale/contract.ts";
import { NOT_THERE } from "../shared/errors.ts";
import { WorkloadRef } from "../shared/refs.ts";
import { Sign } from "../shared/signs.ts";
import { KNOWN_PARTS } from "./known-parts.ts";
import { Refusal } from "./refusals.ts";
import { RESUMPTION, WHOLE_RUN } from "./resumption.ts";
import { SETTLING } from "./settling-times.ts";
import { DiagnosedSight, Sight } from "./sight.ts";

/**
 * What one step of the workflow hands to the next. Each handler checks its input and its output against these schemas, so a
 * step's output is the next one's input. Payloads hold no whole objects: an execution's state may have 256 KiB.
 */

/** One way in which a pod, a workload or an HPA fails. */
export const FAILURE_FIELDS = {
  /** The Kubernetes reason, for example `CrashLoopBackOff`, `Evicted`, `TooManyReplicas`. */
  reason: z.string(),
  /** The container, init and ephemeral containers included. */
  container: z.string().optional(),
  /** The exit code of its last termination. */
  exit_code: z.int().optional(),
  /** How the memory ran out, with the limit that was reached, when that ended it. */
  out_of_memory: z.string().optional(),
  message: z.string().optional(),
  /** How often the kubelet has restarted the container; the highest count where several pods show the failure. */
  restarts: z.int().optional(),
  /** Since when, RFC 3339; the earliest where several pods show the failure. */
  since: z.string().optional(),
};

/** One way in which a workload fails; equal ones of its pods are counted, not repeated. */
export const IncidentFailure = z.strictObject({
  ...FAILURE_FIELDS,
  /** How many pods (or HPAs) show it. */
  count: z.int(),
  /** Some of the nodes on which it shows. */
  nodes: z.array(z.string()).optional(),
});
export type IncidentFailure = z.output<typeof IncidentFailure>;

/** The remedy that a runbook asks for, already tied to the workload. */
export const RequestedRemedy = z.discriminatedUnion("action", [...REQUESTED_REMEDIES, RequestedUndo]);
export type RequestedRemedy = z.output<typeof RequestedRemedy>;

const Texts = z.array(z.string());
/** How a plan is named: the beginning of a digest of what it would do, to which object as it is. */
export const PLAN_ID = /^[0-9a-f]{16}$/;
const PlanId = z.string().regex(PLAN_ID);

/** What somebody has decided about a proposal. */
export const Approval = z.strictObject({
  decision: z.enum(["approve", "decline"]),
  plan: PlanId,
  origin: z.enum(["agent", "person"]),
});
export type Approval = z.output<typeof Approval>;

/** Everything that fails on one workload, or what a runbook wants done to it. */
export const Incident = z.strictObject({
  workload: WorkloadRef,
  failures: z.array(IncidentFailure),
  /** In which ways it fails that workloads of other clusters may fail in as well; absent where none is known. */
  signs: z.array(Sign).optional(),
  /** How many pods fail. */
  failing_pods: z.int(),
  /** A few of them. */
  sample_pods: z.array(z.string()),
  /** UID of the workload that a runbook names, as it was found: one that is made anew under its name is another. */
  uid: z.string().optional(),
  requested: RequestedRemedy.optional(),
  /** That what was asked for was not there when it was looked for: with which error, and in which words. Nothing is done then. */
  missing: z.strictObject({ error: z.enum(NOT_THERE), message: z.string() }).optional(),
  /** Who asks for a remedy, by its name or by that of the workload alone; absent for an agent that names it, and where nobody asks. */
  origin: z.enum(["found", "agent", "person"]).optional(),
  /** What was decided about a proposal; absent where this is no such decision. */
  approval: Approval.optional(),
  /** Somebody wants to know what would be done, and that is the whole answer: nobody else is told. */
  only_diagnosed: z.literal(true).optional(),
  /** Who asks, and why, in their own words. */
  asked: z.strictObject({ by: z.string(), reason: z.string() }).partial().optional(),
  /** Another failing workload that it depends on, or that lacks the same thing. */
  waits_for: z
    .strictObject({
      workload: WorkloadRef,
      why: z.string(),
      /** The run does not look after that one, so that this one tells of it; absent where it does. */
      elsewhere: z.literal(true).optional(),
    })
    .optional(),
  /** A storm holds where it is, and nothing but a rollback that is certain may be done to it. */
  despite_storm: z.literal(true).optional(),
  /** So much of its namespace is told that not each is, where nothing is done: whether this one is, and of how many others none is. */
  crowd: z.strictObject({ is_told: z.boolean(), untold: z.int() }).optional(),
  /** What waits for this one, or with it for the same: how many, some of them with why, and marks by which a claim knows them. */
  dependants: z.strictObject({ count: z.int(), names: Texts, marks: Texts.optional() }).optional(),
  /**
   * People were told that it fails, at that time and for that cause, and it does not any more: it is well, has succeeded or is to
   * run nowhere since then, which is absent where nothing tells it, and where it is gone. Nothing is done, and that is told.
   */
  works_again: z
    .strictObject({ told_at: z.iso.datetime(), cause: z.string(), since: z.iso.datetime().optional() })
    .optional(),
});
export type Incident = z.output<typeof Incident>;

/** How one earlier remediation of the same workload ended; kept in the claim. */
export const HistoryEntry = z.strictObject({
  at: z.iso.datetime(),
  execution: z.string(),
  cause: z.string(),
  action: z.string(),
  outcome: z.string(),
  /** How the action was carried out, where its remedy has several ways that are not the same thing. */
  mode: z.string().optional(),
  /** The size before a scaling, and that which it set: what differs later was set by others. */
  scale: Scaling.optional(),
  /** The refusal's or the error's name that the outcome came with, where there was one. */
  reason: z.string().optional(),
  /** The plan that people were asked about, or that they have declined. */
  plan: PlanId.optional(),
  /** Until when people were told that they may approve it. */
  valid_until: z.iso.datetime().optional(),
  /** What the remedy that was proposed had been asked for; absent for what a run has found. */
  requested: RequestedRemedy.optional(),
  /** Who had asked for it, where that was known. */
  origin: Incident.shape.origin,
  /** Whether the action was carried out, or was begun and may have been; absent where it was not, or nobody knows that it was begun. */
  applied: z.literal(true).optional(),
  /** Hash of the workload's pod template at that time: a changed spec clears the count of ineffective remedies. */
  template: z.string().optional(),
  /** When people were last told the same, where they were not told again; null where nobody could be told. */
  told: z.iso.datetime().nullable().optional(),
  /** Whether people were told that somebody is needed, so that they are told as well when it works again. */
  calls: z.literal(true).optional(),
  /** The node, or the namespace, of a storm that was of one alone. */
  node: z.string().optional(),
  namespace: z.string().optional(),
  /** Marks of all that a storm was of while people knew of it, or of what waited for the workload when they were told. */
  marks: z.array(z.string()).optional(),
});
export type HistoryEntry = z.output<typeof HistoryEntry>;

export const Claim = z.strictObject({
  status: z.enum(["claimed", "refused"]),
  /** The Lease that is the claim, in the claim namespace. */
  lease: z.string(),
  refusal: Refusal.optional(),
  message: z.string().optional(),
  /** When the claim expires by itself. */
  expires_at: z.iso.datetime().optional(),
  /** Whether a person has to look, when the claim was refused. */
  needs_person: z.boolean().optional(),
  /** How the last remediations of the workload ended, newest first. */
  history: z.array(HistoryEntry).optional(),
  ...RESUMPTION,
});
export type Claim = z.output<typeof Claim>;

/** A remedy with everything that is needed to carry it out, and nothing that is not. */
export const Remedy = z.discriminatedUnion("action", [
  ...REMEDY_PLANS,
  z.strictObject({ action: z.literal("none"), refusal: Refusal, message: z.string() }),
]);
export type Remedy = z.output<typeof Remedy>;

/** How it ended that something failed of which people were told. */
export const End = z.enum(["works", "succeeded", "scaled to 0", "runs nowhere"]);
export type End = z.output<typeof End>;

/** What `classify` concluded from the evidence. */
export const Diagnosis = z.strictObject({
  /** A name from the table of causes, `Requested`, or `Unknown`. */
  cause: z.string(),
  confidence: z.enum(["high", "medium", "low"]),
  summary: z.string(),
  evidence: z.array(z.string()),
  remedy: Remedy,
  /** Remedies that were considered and not chosen, each with the reason. */
  rejected: z.array(z.strictObject({ action: z.string(), reason: z.string() })),
  /** How the remedy would be undone if it does not help. */
  undo: z.string(),
  /** The plan that people are asked about, or that they have declined: nothing is done. */
  plan: PlanId.optional(),
  /** Until when that may be approved; absent where nobody is asked. */
  valid_until: z.iso.datetime().optional(),
  /** What would have been done if its mode had let it: for a comparison with what becomes of the workload without. */
  proposed: Remedy.optional(),
  /** That the workload itself does not exist any more: what is told is of what is left of it. */
  gone: z.literal(true).optional(),
  /** UID of the workload as it was diagnosed, which Kubernetes Events about it carry. */
  workload_uid: z.string().optional(),
  /** Hash of the workload's present pod template, for the history. */
  template: z.string().optional(),
  /** How many pods the workload was to have. */
  wanted: z.int().optional(),
  /** How long the workload's own rollout may take, in seconds. */
  progress_deadline_seconds: z.int(),
  /** What the first look at the remedy's effect goes on from. */
  known: z.strictObject(KNOWN_PARTS).partial().optional(),
  /** The tool that owns the workload, where the remedy takes back only what was changed past it. */
  owner: z.string().optional(),
  /** How long the remedy itself has to take effect, in seconds, where its cause says so. */
  deadline_seconds: z.int().min(1).optional(),
  /** How it was for its users. */
  sight: DiagnosedSight.optional(),
  /** How it ended that it failed, where people were told that it does and it does not any more. */
  ended: End.optional(),
});
export type Diagnosis = z.output<typeof Diagnosis>;

/** Exactly what a remedy touched, so that exactly that can be undone. */
export const Change = z.discriminatedUnion("kind", REMEDY_CHANGES);
export type Change = z.output<typeof Change>;

/** How Step Functions hands a caught error on. */
export const CaughtError = z.strictObject({ Error: z.string(), Cause: z.string().default("") });
export type CaughtError = z.output<typeof CaughtError>;

/** What a remedy step did. */
export const RemedyResult = z.strictObject({
  /** `planned`: a dry run. `refused`: a guard said no at the last moment. `failed`: its step ended with an error, and nothing changed. */
  status: z.enum(["applied", "planned", "refused", "failed"]),
  message: z.string(),
  change: Change.optional(),
  /** Whether there is a way back from the change, as its remedy says. */
  undo: z.enum(["can be undone", "cannot be undone"]).optional(),
  /** Why it was refused; of a dry run, what would hold it back now. */
  refusal: Refusal.optional(),
  /** What kept it from doing all of its plan, where it did a part: it does no further one. */
  stopped_by: CaughtError.optional(),
  /** That a person has to look, though the refusal passes by itself. */
  needs_person: z.literal(true).optional(),
  ...SETTLING,
});
export type RemedyResult = z.output<typeof RemedyResult>;

/** What an undo step did. `overtaken`: somebody changed the object since, and their change stands. `left`: nothing. */
export const UndoResult = z.strictObject({
  status: z.enum(["applied", "overtaken", "left"]),
  message: z.string(),
  ...SETTLING,
});
export type UndoResult = z.output<typeof UndoResult>;

export const Verification = z.strictObject({
  /**
   * `overtaken`: somebody changed what the remedy had set, so what is seen is not its effect. `interrupted`: what it had set
   * is in place, and somebody has switched the workload off, or stopped it from being rolled out. `go_on`: what was done so
   * far has taken effect, and the remedy's step does the next part of its plan. `cut_short`: the same, but this execution
   * does no further part. `nothing_runs`: what the remedy had set is in place, and no pod is wanted that could show its effect. `taken_back`: an earlier
   * remedy is undone, as was asked for; whether the workload is well is not.
   */
  verdict: z.enum([
    "recovered",
    "settling",
    "go_on",
    "not_recovered",
    "cut_short",
    "nothing_runs",
    "taken_back",
    "overtaken",
    "interrupted",
  ]),
  /** What it waits for, or what is wrong; empty when recovered. */
  reasons: z.array(z.string()),
  wait_seconds: z.int().min(1),
  /** What the next look goes on from. */
  observation: z.strictObject({
    /** The soak is measured from it: a digest of the pods' identities and restarts ... */
    digest: z.string(),
    /** ... and since when the workload has been well. */
    well_since: z.iso.datetime().nullable(),
    /** How many looks there were since the remedy's step; the pauses between them become longer. */
    looks: z.int().min(1).optional(),
    sight: Sight.optional(),
    hpa: KNOWN_PARTS.hpa.optional(),
    controllers: KNOWN_PARTS.controllers.optional(),
  }),
});
export type Verification = z.output<typeof Verification>;

export const UndoVerification = z.strictObject({
  /** `not_begun`: the execution was stopped when it was to begin, and what the remedy had set is in place. */
  verdict: z.enum(["undone", "settling", "not_undone", "not_begun"]),
  reasons: z.array(z.string()),
});
export type UndoVerification = z.output<typeof UndoVerification>;

/** An execution: its ARN, or a local name, and its name. */
export const ExecutionRef = z.strictObject({ id: z.string(), name: z.string() });
export type ExecutionRef = z.output<typeof ExecutionRef>;

/** The outcomes, a closed set. */
export const OUTCOMES = [
  "Healthy",
  "Recovered",
  "RolledBack",
  "Undone",
  "Unresolved",
  "Skipped",
  "DryRun",
  "Storm",
] as const;
export const Outcome = z.enum(OUTCOMES);
export type Outcome = z.output<typeof Outcome>;

/** What was found of a workload, and what was considered, for whoever asks what would be done. */
export const Considered = Diagnosis.pick({ confidence: true, evidence: true, undo: true, rejected: true });
export type Considered = z.output<typeof Considered>;

/** How the remediation of one workload ended, in the words that people read. */
export const Report = z.strictObject({
  outcome: Outcome,
  workload: WorkloadRef.optional(),
  cause: z.string(),
  /** The remedy's action, or `none`. */
  action: z.string(),
  /** The refusal's or the error's name, where there is one. */
  reason: z.string().optional(),
  summary: z.string(),
  needs_person: z.boolean(),
  /** The plan that waits for an answer, for requests that approve or decline it. */
  plan: PlanId.optional(),
  /** Until when it waits. */
  valid_until: z.iso.datetime().optional(),
  /** Who has asked for the remedy, or decided about it, in their own words; absent where they did not say. */
  requested_by: z.string().optional(),
  /** Why, in their own words. */
  request_reason: z.string().optional(),
  /** Why, and what else was considered, where that was asked. */
  diagnosis: Considered.optional(),
  /** What a request `undo` takes beside the workload, for whoever asked; absent where nothing is in place that it would take back for them. */
  undo_request: RequestedUndo.omit({ action: true }).optional(),
  /** When people were told the same of this workload, where they are not told again. */
  told_before: z.iso.datetime().optional(),
  /** How often they were told by then, this time included, where no claim remembers it. */
  told_times: z.int().optional(),
  /** The name of the error for which no record of it was kept. */
  record_error: z.string().optional(),
});
export type Report = z.output<typeof Report>;

/** What is left of one workload in the run's output. */
export const WorkloadResult = z.strictObject({
  ...Report.shape,
  /** Whether subscribers were told, where there was something to tell. */
  delivered: z.boolean(),
  /** The error for which the claim could not be given back; it expires by itself. */
  claim_error: z.string().optional(),
});
export type WorkloadResult = z.output<typeof WorkloadResult>;

/** A remedy that was carried out, did not help, and cannot be undone. */
export const Try = z.strictObject({ diagnosis: Diagnosis, remedy: RemedyResult, verification: Verification });
export type Try = z.output<typeof Try>;

/** What is known of one workload's remediation so far: the state of its execution. */
export const WorkloadRun = z.strictObject({
  cluster_name: z.string(),
  dry_run: z.boolean(),
  /** The whole run's execution, whose name the claim bears. */
  execution: ExecutionRef,
  ...WHOLE_RUN,
  incident: Incident,
  claim: Claim.optional(),
  /** The tries before this one, in their order. */
  tries: z.array(Try).optional(),
  diagnosis: Diagnosis.optional(),
  remedy: RemedyResult.optional(),
  /** What the remedy's step ended with. What it did all the same is in `remedy`, which is absent when nobody could look. */
  remedy_error: CaughtError.optional(),
  verification: Verification.optional(),
  undo: UndoResult.optional(),
  /** What the undo's step ended with. Whether it did it all the same is in `undo_verification`. */
  undo_error: CaughtError.optional(),
  undo_verification: UndoVerification.optional(),
  /** What a step ended with that found its execution redriven: what it may have done before is not in the state. */
  redriven: CaughtError.optional(),
  error: CaughtError.optional(),
  report: Report.optional(),
  report_error: CaughtError.optional(),
});
export type WorkloadRun = z.output<typeof WorkloadRun>;
