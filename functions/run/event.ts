import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type * as k8s from "@kubernetes/client-node";
import { REMEDIES } from "../remedies/contracts.ts";
import { paths } from "../shared/cluster/paths.ts";
import type { Outcome, RemedyResult, Report, UndoResult, WorkloadRun } from "./contracts.ts";
import { kindOf } from "../kinds/kinds.ts";
import type { Environment } from "./step.ts";
import { bounded } from "../shared/text.ts";
import { lastTry } from "./tries.ts";
import type { Wire } from "../shared/kubernetes/types.ts";

export type KubernetesEvent = Wire<k8s.CoreV1Event>;

/** The reasons of the Events that the workflow writes. A closed set: people filter on it. */
export const EVENT_REASONS = [
  ...REMEDIES.map(({ event }) => event),
  "RemediationUndone",
  "RemediationRecovered",
  "RemediationIneffective",
  "RemediationUnresolved",
  "RemediationSkipped",
] as const;
export type EventReason = (typeof EVENT_REASONS)[number];

/** One thing to be said about a workload. */
export interface Note {
  type: "Normal" | "Warning";
  reason: EventReason;
  message: string;
}

/** Who writes the Events, as `kubectl describe` shows it under "From". */
export const COMPONENT = "eks-remediation";
/** In bytes. Source: kubernetes pkg/apis/core/validation/events.go, NoteLengthLimit */
const MAX_MESSAGE = 1_024;
/** In characters. Source: k8s.io/apimachinery, validation.DNS1123SubdomainMaxLength */
const MAX_NAME = 253;
/** How long a step waits for an Event to be written: a step has better things to do with its time. */
const PATIENCE_MS = 3_000;

/** What the outcomes of a single workload are called; the others have no workload to say it on. */
const OUTCOME_REASONS: Partial<Record<Outcome, EventReason>> = {
  Recovered: "RemediationRecovered",
  RolledBack: "RemediationIneffective",
  Unresolved: "RemediationUnresolved",
  Skipped: "RemediationSkipped",
};

/**
 * Shows on the workload what a remedy step or its undo did, and hands the step's result on. A step that changed nothing
 * leaves no Event.
 */
export async function withEvent<Result extends RemedyResult | UndoResult>(
  environment: Environment,
  run: WorkloadRun,
  reason: EventReason,
  result: Result,
): Promise<Result> {
  if (result.status === "applied") {
    await recordEvent(environment, run, { type: "Normal", reason, message: result.message });
  }
  return result;
}

/** Shows on the workload how its remediation ended. Where the policy keeps the workflow out, it does not write either. */
export async function recordOutcome(environment: Environment, run: WorkloadRun, report: Report): Promise<void> {
  const reason = OUTCOME_REASONS[report.outcome];
  if (reason === undefined || report.reason === "NamespaceNotAllowed") return;
  await recordEvent(environment, run, {
    type: report.needs_person ? "Warning" : "Normal",
    reason,
    message: report.reason === undefined ? report.summary : `${report.reason}: ${report.summary}`,
  });
}

/**
 * Writes an Event on the workload of a run, if that exists and this is no dry run. Never fails, and returns after a few
 * seconds at the latest.
 */
export async function recordEvent(environment: Environment, run: WorkloadRun, note: Note): Promise<void> {
  const event = run.dry_run ? undefined : eventFor(run, note, environment.now());
  if (event === undefined) return;
  const write = async () => {
    const cluster = await environment.connect(run.cluster_name);
    await cluster.create(paths.events(run.incident.workload.namespace), event);
  };
  try {
    await Promise.race([write(), sleep(PATIENCE_MS, undefined, { ref: false })]);
  } catch {
    // On purpose, whatever the error: an Event only repeats what the report says. A remedy that was applied must not
    // count as failed, or be applied again, because a trace of it could not be left. A 409 means that the step was
    // repeated and the Event is there already.
  }
}

/**
 * The Event that says this about the workload of a run; undefined when the workload's UID is not known, as that of a kind
 * that is never written to. Its name follows from the execution, the workload and the reason, so that a repeated step does
 * not write it twice.
 */
export function eventFor(run: WorkloadRun, { type, reason, message }: Note, now: Date): KubernetesEvent | undefined {
  const { incident, execution } = run;
  const diagnosis = run.diagnosis ?? lastTry(run)?.diagnosis;
  const uid = diagnosis?.workload_uid;
  const { kind, namespace, name } = incident.workload;
  const apiVersion = kindOf(incident.workload)?.apiVersion;
  if (uid === undefined || apiVersion === undefined) return undefined;
  const { approval, asked } = incident;
  const word = approval === undefined ? "Asked for" : approval.decision === "approve" ? "Approved" : "Declined";
  const by = asked?.by === undefined ? "" : ` ${word} by ${bounded(asked.by, 100)}.`;
  const origin = `${by} Cause: ${diagnosis?.cause ?? "Unknown"}. Execution: ${execution.name}`;
  return {
    apiVersion: "v1",
    kind: "Event",
    metadata: { namespace, name: eventName(name, [execution.id, uid, reason]) },
    involvedObject: { apiVersion, kind, namespace, name, uid },
    type,
    reason,
    message: boundedBytes(message, MAX_MESSAGE - Buffer.byteLength(origin)) + origin,
    source: { component: COMPONENT },
    reportingComponent: COMPONENT,
    reportingInstance: execution.name,
    firstTimestamp: now.toISOString(),
    lastTimestamp: now.toISOString(),
    count: 1,
  };
}

/** When an Event was last seen, in milliseconds; 0 when it does not say. */
export function timeOf(event: KubernetesEvent): number {
  const text = event.series?.lastObservedTime ?? event.lastTimestamp ?? event.eventTime ?? event.firstTimestamp;
  const time = Date.parse(text ?? "");
  return Number.isNaN(time) ? 0 : time;
}

/** The workload's name, shortened where it must be, and a digest of what makes the Event unique. */
function eventName(workload: string, identity: string[]): string {
  const digest = createHash("sha256").update(identity.join("\n")).digest("hex").slice(0, 16);
  // What is left of a name must not end with a separator: another one follows.
  const start = workload.slice(0, MAX_NAME - digest.length - 1).replace(/[.-]+$/, "");
  return `${start}.${digest}`;
}

/** One line of at most that many bytes. */
function boundedBytes(text: string, limit: number): string {
  const line = bounded(text, limit);
  const bytes = Buffer.from(line);
  if (bytes.length <= limit) return line;
  const mark = "…";
  const start = bytes.subarray(0, limit - Buffer.byteLength(mark)).toString("utf8");
  // A cut inside of a character leaves the replacement character.
  return start.replace(/\uFFFD$/, "") + mark;
}
