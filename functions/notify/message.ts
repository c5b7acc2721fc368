import type { ExecutionRef, Report, WorkloadRun } from "../run/contracts.ts";
import type { Detection } from "../run/detection.ts";
import { tellsThatItWorks } from "../run/works-again.ts";
import type { WorkloadRef } from "../shared/refs.ts";
import { describeWorkload } from "../kinds/workloads.ts";
import type { Notification, NotificationDocument } from "./notification.ts";
import { shownCluster } from "../shared/cluster-name.ts";
import { bounded, count } from "../shared/text.ts";
import { failureDocument, nodeWords, stormDocument, workloadDocument } from "./document.ts";
import type { Link } from "./link.ts";
import type { ToldLate } from "./told-late.ts";
import { shortStatus } from "./status.ts";
import { textOf } from "./text-form.ts";

/** SNS refuses longer subjects. Source: the SNS API reference, Publish. */
const MAX_SUBJECT = 100;
/** How long the value of an attribute may be: filter policies compare it with names. */
const MAX_ATTRIBUTE = 256;

/**
 * What is said about one workload.
 * @param furtherSteps what to do next before what follows from the run alone
 * @param late where it is not of now
 * @param link where people decide about what is proposed
 */
export function workloadMessage(
  run: WorkloadRun,
  report: Report,
  furtherSteps: readonly string[] = [],
  late?: ToldLate,
  link?: Link,
): Notification {
  const document = workloadDocument(run, report, furtherSteps, late, link);
  const words = `${document.headline}: ${describeWorkload(run.incident.workload)}`;
  const status =
    late === undefined && report.outcome !== "Recovered" && !tellsThatItWorks(run) ? shortStatus(run) : undefined;
  return notification(
    report,
    document,
    status === undefined ? words : `${words}, ${status}`,
    `${words} on cluster ${shownCluster(run.cluster_name)}`,
  );
}

/** What is said of a storm that has no words of its own. */
export const MANY_FAIL = "Many workloads fail at once.";

/** What is said about a storm: one message for all of it. */
export function stormMessage(detection: Detection, execution: ExecutionRef): Notification {
  const report: Report = {
    outcome: "Storm",
    cause: "FailureStorm",
    action: "none",
    summary: detection.storm ?? MANY_FAIL,
    needs_person: true,
  };
  const where = whereOf(detection);
  const { incidents, omitted } = detection.in_storm ?? detection;
  const many =
    where === "" ? count(detection.failing_pods, "failing pod") : count(incidents.length + omitted, "failing workload");
  return notification(
    report,
    { ...stormDocument(detection, report, execution), headline: "Storm" },
    `Storm${where}: ${many}`,
    `Storm${where} on cluster ${shownCluster(detection.cluster_name)}`,
  );
}

/** Where a storm is that is of one namespace, or of one node alone. */
function whereOf({ storm_node: node, storm_namespace: namespace }: Detection): string {
  if (namespace !== undefined) return ` in namespace ${bounded(namespace)}`;
  return node === undefined ? "" : ` of ${nodeWords(node)}`;
}

/** How a run failed as a whole. */
export interface RunFailure {
  name: string;
  text: string;
  /** Whether it may have changed something of which no message speaks; `text` says so then. */
  mayHaveChanged?: boolean;
  /** How often runs have ended so, where this is not the first. */
  inARow?: string;
  /** Whether it was a run of the schedule. */
  isScheduled?: boolean;
  /** The one workload whose execution ended, while the run goes on. */
  workload?: WorkloadRef;
}

/** What is said about a run that failed as a whole, before or beside any workload. */
export function failureMessage(error: RunFailure, clusterName: string, execution: ExecutionRef): Notification {
  const { workload } = error;
  const report: Report = {
    outcome: "Unresolved",
    ...(workload === undefined ? {} : { workload }),
    cause: "RunFailed",
    action: "none",
    reason: bounded(error.name, 100),
    summary:
      error.mayHaveChanged === true
        ? [error.text, error.inARow].filter((text) => text !== undefined && text !== "").join(" ")
        : [error.text, "No workload was remediated by this run unless another message says so.", error.inARow]
            .filter((text) => text !== undefined && text !== "")
            .join(" "),
    needs_person: true,
  };
  const what = workload === undefined ? "run" : `of ${describeWorkload(workload)}`;
  return notification(
    report,
    {
      ...failureDocument(report, clusterName, execution, error),
      headline: `Remediation ${what} failed`,
    },
    `Remediation ${what} failed: ${error.name}`,
    `The remediation ${what} on cluster ${shownCluster(clusterName)} failed: ${bounded(error.name, 100)}`,
  );
}

/** What is said when scheduled runs that failed work again. */
export function workAgainMessage(summary: string, clusterName: string, execution: ExecutionRef): Notification {
  const title = `The remediation runs on cluster ${shownCluster(clusterName)} work again`;
  return overMessage({ cause: "RunFailed", summary }, clusterName, execution, ["Remediation runs work again", title]);
}

/** What is said when a storm is over. */
export function stormOverMessage(
  summary: string,
  { cluster_name: clusterName, namespace }: Pick<Detection, "cluster_name" | "namespace">,
  execution: ExecutionRef,
): Notification {
  const title = `The storm on cluster ${shownCluster(clusterName)} is over`;
  const over = overMessage({ cause: "FailureStorm", summary }, clusterName, execution, ["The storm is over", title]);
  return namespace === undefined ? over : { ...over, document: { ...over.document, looked_at: namespace } };
}

/** What is said when something is over that was no workload's. */
function overMessage(
  what: Pick<Report, "cause" | "summary">,
  clusterName: string,
  execution: ExecutionRef,
  [subject, title]: [subject: string, title: string],
): Notification {
  const report: Report = { outcome: "Recovered", ...what, action: "none", needs_person: false };
  const failure = failureDocument(report, clusterName, execution);
  return notification(report, { ...failure, headline: subject, next_steps: [], commands: [] }, subject, title);
}

function notification(report: Report, document: NotificationDocument, subject: string, title: string): Notification {
  const namespace = document.workload?.namespace;
  return {
    subject: asciiLine(`[${shownCluster(document.cluster_name)}] ${subject}`),
    text: textOf(document, bounded(title, 400)),
    document,
    attributes: attributesOf({
      outcome: report.outcome,
      cluster: document.cluster_name,
      ...(namespace === undefined ? {} : { namespace }),
      cause: report.cause,
      needs_person: String(report.needs_person),
    }),
    report,
  };
}

/** The attributes, bounded; without those that say nothing, which SNS refuses. */
function attributesOf(values: Record<string, string>): Record<string, string> {
  const lines = Object.entries(values).map(([name, value]) => [name, bounded(value, MAX_ATTRIBUTE)]);
  return Object.fromEntries(lines.filter(([, value]) => value !== "")) as Record<string, string>;
}

/** One line of printable ASCII, as SNS takes it. */
export function asciiLine(text: string): string {
  return bounded(text.replace(/[^\x20-\x7e]/g, "?"), MAX_SUBJECT).replace("…", "~");
}
