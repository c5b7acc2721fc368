import type { ExecutionRef, Report, WorkloadRun } from "../run/contracts.ts";
import type { Detection } from "../run/detection.ts";
import { nameOf } from "../facts/owner-words.ts";
import { MAX_OBJECT_NAME } from "../shared/kubernetes/names.ts";
import { describeWorkload } from "../kinds/workloads.ts";
import { NOTIFICATION_VERSION, type NotificationDocument } from "./notification.ts";
import type { WorkloadRef } from "../shared/refs.ts";
import { bounded, count } from "../shared/text.ts";
import { stormCommands, workloadCommands } from "./commands.ts";
import { consoleLink } from "../run/console-link.ts";
import { changed, changesOf, done, verified } from "./deeds.ts";
import { crowdLines, dependantLines } from "./dependants.ts";
import { decisionLines } from "./decide.ts";
import { adviceOn } from "./error-advice.ts";
import { handsOff, NOTHING_TO_ANNOTATE } from "./hands-off.ts";
import { headlineOf } from "./headline.ts";
import type { Link } from "./link.ts";
import { isGone, looksOf } from "./looks.ts";
import { nextSteps } from "./next-steps.ts";
import { placed, placedIn, placeOf } from "./place.ts";
import { standingOf, statusLines } from "./status.ts";
import type { ToldLate } from "./told-late.ts";
import { REQUESTED } from "../run/history.ts";
import { tellsThatItWorks } from "../run/works-again.ts";

/** How many workloads a storm's notification names. */
const MAX_WORKLOADS = 20;
/** How long an execution's ARN may be. Source: the Step Functions API reference, DescribeExecution. */
const MAX_ID = 256;
/** How long the summary may be. */
const MAX_SUMMARY = 1_500;
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
  const { diagnosis, incident, cluster_name: clusterName, execution } = run;
  const { workload, requested, origin: askedBy = requested === undefined ? "found" : "agent" } = incident;
  const standing = standingOf(run);
  const place = placeOf(clusterName, execution.id);
  const { commands, takeBack, ...advice } = nextSteps(run, report, late !== undefined);
  const { plan, valid_until } = report;
  const change = changesOf(run).at(-1);
  const { hands_off, hand_back } = isGone(run) ? NOTHING_TO_ANNOTATE : handsOff(workload, report);
  const evidence = (diagnosis?.evidence ?? []).map(line);
  const { at, log_lines: ofLog = 0, differences = [] } = diagnosis?.sight ?? {};
  // What was asked for has no cause that anybody could be sure of, and what works again had its when it was told of.
  const isCause = diagnosis !== undefined && diagnosis.cause !== REQUESTED && !tellsThatItWorks(run);
  return {
    ...about(report, clusterName, execution),
    headline: headlineOf(run, report, late !== undefined),
    what: bounded(placedIn(whatOf(report.summary, advice.nextSteps), place), MAX_SUMMARY),
    status: statusLines(run).map(line),
    ...(standing === undefined ? {} : { standing }),
    asked_by: askedBy,
    workload: named(workload),
    ...(isCause ? { confidence: diagnosis.confidence } : {}),
    dry_run: run.dry_run,
    found: incident.failures
      .map(({ reason, count: times, out_of_memory: memory, message }) => {
        const what = memory === undefined ? reason : `${reason} (${memory})`;
        return `${times}x ${what}${message === undefined ? "" : `: ${message}`}`;
      })
      .concat(dependantLines(incident), crowdLines(incident))
      .map(line),
    evidence,
    ...(at === undefined || evidence.length === 0 ? {} : { evidence_at: at }),
    last_words: ofLog === 0 ? [] : evidence.slice(-ofLog),
    differences: differences.map(line),
    done: done(run).map(line),
    changed: changed(run).map(line),
    ...(change === undefined ? {} : { change }),
    verified: late === undefined ? verified(run) : `${verified(run)} (it may be otherwise by now)`,
    not_done: (diagnosis?.rejected ?? []).map(({ action, reason }) => line(`${action}: ${reason}`)),
    next_steps: [...furtherSteps, ...advice.nextSteps].map((step) => line(placedIn(step, place))),
    commands: placed([...workloadCommands(clusterName, workload, looksOf(run)), ...commands], place),
    take_back: placed(takeBack, place),
    hands_off: placed(hands_off, place),
    hand_back: placed(hand_back, place),
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

/** The summary without what is to be done, which stands for itself. */
function whatOf(summary: string, steps: readonly string[]): string {
  return steps.reduce((text, step) => text.replace(` ${step}`, ""), summary);
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
    ...(detection.namespace === undefined ? {} : { looked_at: name(detection.namespace) }),
    found: [...shown, ...(more > 0 ? [`and ${count(more, "more workload")}`] : [])].map(line),
    next_steps: [
      detection.storm_node === undefined || detection.storm_namespace !== undefined
        ? "Look for what the workloads share: nodes, DNS, the network, the image registry, a webhook."
        : `Look at ${nodeWords(detection.storm_node)}: what is said of it above tells whether it is to be drained.`,
      ...(detection.in_storm === undefined ? [] : ["What else fails is looked after, or told, all the same."]),
    ],
    commands: placed(
      stormCommands(detection.cluster_name, detection.storm_node, incidents),
      placeOf(detection.cluster_name, execution.id),
    ),
  };
}

/** A node by its name, where that is one that an object can have. */
export function nodeWords(node: string): string {
  const known = nameOf(node);
  return known === undefined ? "a node" : `node ${known}`;
}

/** What there is to say about a run that failed as a whole, before or beside any workload. */
export function failureDocument(
  report: Report,
  clusterName: string,
  execution: ExecutionRef,
  { mayHaveChanged = false, isScheduled = false }: { mayHaveChanged?: boolean; isScheduled?: boolean } = {},
): NotificationDocument {
  const advice = adviceOn(report.reason ?? "", clusterName);
  return {
    ...about(report, clusterName, execution),
    ...(report.workload === undefined ? {} : { workload: named(report.workload) }),
    ...(isScheduled ? { scheduled: true } : {}),
    ...(mayHaveChanged ? { verified: "no: what it had done when it ended is not known" } : {}),
    dry_run: false,
    next_steps: advice.nextSteps.map(line),
    commands: placed(advice.commands, placeOf(clusterName, execution.id)),
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
    summary: bounded(summary, MAX_SUMMARY),
    headline: outcome,
    what: bounded(summary, MAX_SUMMARY),
    status: [],
    needs_person,
    ...(requested_by === undefined ? {} : { requested_by: line(requested_by) }),
    ...(request_reason === undefined ? {} : { request_reason: line(request_reason) }),
    found: [],
    evidence: [],
    last_words: [],
    differences: [],
    done: [],
    changed: [],
    verified: "nothing was done, so there is nothing to verify",
    not_done: [],
    take_back: [],
    hands_off: [],
    hand_back: [],
    execution: { id: bounded(execution.id, MAX_ID), ...(url === undefined ? {} : { console_url: url }) },
  };
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
