import type { Change, ExecutionRef, Report, Verification, WorkloadRun } from "../run/contracts.ts";
import type { Detection } from "../run/detection.ts";
import { lastTry } from "../run/tries.ts";
import { MAX_OBJECT_NAME } from "../shared/kubernetes/names.ts";
import { isUnseen } from "../run/redrive.ts";
import { isReplaced, undoVerification } from "../run/outcome.ts";
import { describeWorkload } from "../kinds/workloads.ts";
import { remedyFor } from "../remedies/remedies.ts";
import { NOTIFICATION_VERSION, type NotificationDocument } from "./notification.ts";
import type { WorkloadRef } from "../shared/refs.ts";
import { bounded, count } from "../shared/text.ts";
import { stormCommands, workloadCommands, type ReadableLog } from "./commands.ts";
import { consoleLink } from "../run/console-link.ts";
import { crowdLines, dependantLines } from "./dependants.ts";
import { decisionLines } from "./decide.ts";
import { adviceOn } from "./error-advice.ts";
import type { Link } from "./link.ts";
import { nextSteps } from "./next-steps.ts";
import type { ToldLate } from "./told-late.ts";

/** How many workloads a storm's notification names. */
const MAX_WORKLOADS = 20;
/** How long an execution's ARN may be. Source: the Step Functions API reference, DescribeExecution. */
const MAX_ID = 256;
/** How long a line may be. */
const MAX_LINE = 600;

/** What there is to say about one workload. */
export function workloadDocument(
  run: WorkloadRun,
  report: Report,
  furtherSteps: readonly string[] = [],
  late?: ToldLate,
  link?: Link,
): NotificationDocument {
  const { diagnosis, incident } = run;
  const { workload } = incident;
  const advice = nextSteps(run, report, late !== undefined);
  const { plan, valid_until } = report;
  const changes = changesOf(run);
  const change = changes.at(-1);
  return {
    ...about(report, run.cluster_name, run.execution),
    workload: named(workload),
    ...(diagnosis === undefined ? {} : { confidence: diagnosis.confidence }),
    dry_run: run.dry_run,
    found: incident.failures
      .map(({ reason, count: times, out_of_memory: memory, message }) => {
        const what = memory === undefined ? reason : `${reason} (${memory})`;
        return `${times}x ${what}${message === undefined ? "" : `: ${message}`}`;
      })
      .concat(dependantLines(incident), crowdLines(incident))
      .map(line),
    evidence: (diagnosis?.evidence ?? []).map(line),
    done: done(run).map(line),
    changed: (isUndone(run) ? changes.slice(0, -1) : changes)
      .flatMap((each) => remedyFor(each.kind).words.changed(each, workload))
      .map(line),
    ...(change === undefined ? {} : { change }),
    verified: late === undefined ? verified(run) : `${verified(run)} (it may be otherwise by now)`,
    not_done: (diagnosis?.rejected ?? []).map(({ action, reason }) => line(`${action}: ${reason}`)),
    next_steps: [...furtherSteps, ...advice.nextSteps].map(line),
    commands: [...workloadCommands(run.cluster_name, workload, readableLog(run)), ...advice.commands],
    ...(plan === undefined || valid_until === undefined
      ? {}
      : {
          proposal: {
            plan,
            valid_until,
            ...(link !== undefined && "url" in link ? { url: link.url } : {}),
            decide: decisionLines(run, report, link),
          },
        }),
  };
}

/** What there is to say about a storm: one notification for all of it. */
export function stormDocument(detection: Detection, report: Report, execution: ExecutionRef): NotificationDocument {
  const { incidents, omitted } = detection.in_storm ?? detection;
  const shown = incidents.slice(0, MAX_WORKLOADS).map(({ workload, failures, failing_pods }) => {
    const reasons = failures.map(({ reason }) => reason).join(", ");
    const exits = failures.flatMap(({ exit_code }) => (exit_code === undefined ? [] : `, exit code ${exit_code}`));
    return `${describeWorkload(workload)}: ${count(failing_pods, "failing pod")} (${reasons}${exits[0] ?? ""})`;
  });
  const more = incidents.length - shown.length + omitted;
  return {
    ...about(report, detection.cluster_name, execution),
    dry_run: detection.dry_run,
    found: [...shown, ...(more > 0 ? [`and ${count(more, "more workload")}`] : [])].map(line),
    next_steps: [
      ...(detection.storm_node === undefined || detection.storm_namespace !== undefined
        ? ["Look for what the workloads share: nodes, DNS, the network, the image registry, a webhook."]
        : []),
      ...(detection.in_storm === undefined ? [] : ["What else fails is looked after, or told, all the same."]),
    ],
    commands: stormCommands(detection.cluster_name, detection.storm_node),
  };
}

/** What there is to say about a run that failed as a whole, before or beside any workload. */
export function failureDocument(
  report: Report,
  clusterName: string,
  execution: ExecutionRef,
  mayHaveChanged: boolean,
): NotificationDocument {
  const advice = adviceOn(report.reason ?? "", clusterName);
  return {
    ...about(report, clusterName, execution),
    ...(report.workload === undefined ? {} : { workload: named(report.workload) }),
    ...(mayHaveChanged ? { verified: "no: what it had done when it ended is not known" } : {}),
    dry_run: false,
    next_steps: advice.nextSteps.map(line),
    commands: advice.commands,
  };
}

/** The fields that every notification has. */
function about(
  report: Report,
  clusterName: string,
  execution: ExecutionRef,
): Omit<NotificationDocument, "dry_run" | "next_steps" | "commands"> {
  const { outcome, cause, action, reason, summary, needs_person, requested_by, request_reason } = report;
  const url = consoleLink(execution.id);
  return {
    version: NOTIFICATION_VERSION,
    outcome,
    cluster_name: name(clusterName),
    cause: name(cause),
    action: name(action),
    ...(reason === undefined ? {} : { reason: name(reason) }),
    summary: bounded(summary, 1_500),
    needs_person,
    ...(requested_by === undefined ? {} : { requested_by: line(requested_by) }),
    ...(request_reason === undefined ? {} : { request_reason: line(request_reason) }),
    found: [],
    evidence: [],
    done: [],
    changed: [],
    verified: "nothing was done, so there is nothing to verify",
    not_done: [],
    execution: { id: bounded(execution.id, MAX_ID), ...(url === undefined ? {} : { console_url: url }) },
  };
}

/** What was done, step by step, and what may have been done. */
function done(run: WorkloadRun): string[] {
  const { diagnosis, tries = [], remedy, undo, undo_error } = run;
  return [
    ...tries.map((earlier) => earlier.remedy.message),
    isUnseen(run) ? `Perhaps the remedy (${diagnosis?.remedy.action ?? "none"}): nobody could look.` : remedy?.message,
    undo_error === undefined ? undo?.message : `Perhaps the undo: its step ended with ${undo_error.Error}.`,
  ].filter((text) => text !== undefined);
}

/**
 * A failing pod that is still there, with a container that has ended: only that has a log to read. What was done to the
 * workload has replaced its pods, and a node that does not report answers nobody.
 */
function readableLog(run: WorkloadRun): ReadableLog | undefined {
  const {
    failures,
    sample_pods: [pod],
  } = run.incident;
  const mayHaveChanged = changesOf(run).length > 0 || isUnseen(run);
  const isLost = failures.some(({ reason }) => reason === "NodeLost");
  const hasEnded = failures.some(({ exit_code }) => exit_code !== undefined);
  if (pod === undefined || mayHaveChanged || isLost || !hasEnded) return undefined;
  return { pod, previous: failures.some(({ restarts = 0 }) => restarts > 0) };
}

/** Everything that was changed, in order: what was tried in vain and cannot be undone, and what the last remedy did. */
function changesOf({ tries = [], remedy }: WorkloadRun): Change[] {
  const all = [...tries.map((earlier) => earlier.remedy), remedy];
  return all.flatMap((each) => (each?.status === "applied" ? (each.change ?? []) : []));
}

/** Whether the last change is not there any more: it was taken back, or somebody else put something in its place. */
function isUndone(run: WorkloadRun): boolean {
  return run.undo_verification?.verdict === "undone" || isReplaced(run);
}

/** Whether the outcome was checked on the cluster. */
function verified(run: WorkloadRun): string {
  const { remedy, verification, undo } = run;
  const undone = undoVerification(run);
  if (isUnseen(run)) return "no: whether the remedy took effect is not known";
  if (remedy?.status !== "applied") {
    const earlier = lastTry(run)?.verification;
    return earlier === undefined ? "nothing was done, so there is nothing to verify" : inVain(earlier);
  }
  if (undo?.status === "applied" || undone !== undefined)
    return undone?.verdict === "undone" ? "yes: it is as it was before" : "no: the undo is not verified";
  switch (verification?.verdict) {
    case "recovered":
      return "yes: it is well, and stayed so for the whole soak time";
    case "overtaken":
      return "no: somebody else changed it since";
    case "nothing_runs":
    case "interrupted":
      return `no: ${bounded(verification.reasons.join("; "), 300)}`;
    case "cut_short":
      return `in part: ${bounded(verification.reasons.join("; "), 300)}`;
    case "not_recovered":
      return inVain(verification);
    default:
      return "no: whether it helped is not known";
  }
}

function inVain({ reasons }: Verification): string {
  return `yes: it did not recover (${bounded(reasons.join("; "), 300)})`;
}

function line(text: string): string {
  return bounded(text, MAX_LINE);
}

function named({ kind, group, namespace, name: own }: WorkloadRef): WorkloadRef {
  return {
    kind: name(kind),
    ...(group === undefined ? {} : { group: name(group) }),
    namespace: name(namespace),
    name: name(own),
  };
}

function name(text: string): string {
  return bounded(text, MAX_OBJECT_NAME);
}
