import type { Detection, Report, WorkloadRun } from "../shared/contracts.ts";
import { describeWorkload } from "../shared/kubernetes/workloads.ts";
import type { Notification } from "../shared/notification.ts";
import { bounded } from "../shared/text.ts";

/** SNS refuses longer subjects. Source: the SNS API reference, Publish. */
const MAX_SUBJECT = 100;

/** What is said about one workload. */
export function workloadMessage(run: WorkloadRun, report: Report): Notification {
  const workload = describeWorkload(run.incident.workload);
  const { namespace } = run.incident.workload;
  const { diagnosis, remedy, undo } = run;
  const section = (title: string, lines: string[]) => (lines.length === 0 ? [] : ["", `${title}:`, ...lines.map(item)]);
  const text = [
    `${report.outcome}: ${workload} on cluster ${run.cluster_name}`,
    "",
    report.summary,
    ...section("Found", [
      ...run.incident.failures.map(
        ({ reason, count, message }) => `${count}x ${reason}${message === undefined ? "" : `: ${message}`}`,
      ),
      ...(diagnosis === undefined ? [] : [`cause: ${diagnosis.cause} (confidence ${diagnosis.confidence})`]),
    ]),
    ...section("Evidence", diagnosis?.evidence ?? []),
    ...section(
      "Done",
      [run.first?.remedy.message, remedy?.message, undo?.message].filter((line) => line !== undefined),
    ),
    ...section("Not done", diagnosis?.rejected.map(({ action, reason }) => `${action}: ${reason}`) ?? []),
    ...section("Look at it", [
      `kubectl -n ${namespace} get pods`,
      `kubectl -n ${namespace} get events --sort-by=.lastTimestamp`,
    ]),
    "",
    `Execution: ${run.execution.id}`,
  ];
  return {
    subject: subject(`[${run.cluster_name}] ${report.outcome}: ${workload}`),
    text: text.join("\n"),
    attributes: {
      outcome: report.outcome,
      cluster: run.cluster_name,
      namespace,
      cause: report.cause,
      needs_person: String(report.needs_person),
    },
    report,
  };
}

/** What is said about a storm: one message for all of it. */
export function stormMessage(detection: Detection, execution: string): Notification {
  const report: Report = {
    outcome: "Storm",
    cause: "FailureStorm",
    action: "none",
    summary: detection.storm ?? "Many workloads fail at once.",
    needs_person: true,
  };
  const shown = detection.incidents.slice(0, 20).map((incident) => {
    const reasons = incident.failures.map(({ reason }) => reason).join(", ");
    return item(`${describeWorkload(incident.workload)}: ${incident.failing_pods} failing pods (${reasons})`);
  });
  const more = detection.incidents.length - shown.length + detection.omitted;
  return {
    subject: subject(`[${detection.cluster_name}] Storm: ${detection.failing_pods} failing pods`),
    text: [
      `Storm on cluster ${detection.cluster_name}`,
      "",
      report.summary,
      "",
      "Failing:",
      ...shown,
      ...(more > 0 ? [item(`and ${more} more workloads`)] : []),
      "",
      `Execution: ${execution}`,
    ].join("\n"),
    attributes: { outcome: "Storm", cluster: detection.cluster_name, cause: "FailureStorm", needs_person: "true" },
    report,
  };
}

/** What is said about a run that failed as a whole, before or beside any workload. */
export function failureMessage(
  error: { name: string; text: string },
  clusterName: string,
  execution: string,
): Notification {
  const report: Report = {
    outcome: "Unresolved",
    cause: "RunFailed",
    action: "none",
    reason: error.name,
    summary: error.text,
    needs_person: true,
  };
  return {
    subject: subject(`[${clusterName}] Remediation run failed: ${error.name}`),
    text: [
      `The remediation run on cluster ${clusterName} failed: ${error.name}`,
      "",
      error.text,
      "",
      "No workload was remediated by this run unless another message says so.",
      "",
      `Execution: ${execution}`,
    ].join("\n"),
    attributes: { outcome: "Unresolved", cluster: clusterName, cause: "RunFailed", needs_person: "true" },
    report,
  };
}

function item(line: string): string {
  return `- ${bounded(line, 600)}`;
}

/** One line of printable ASCII, as SNS takes it. */
function subject(text: string): string {
  return bounded(text.replace(/[^\x20-\x7e]/g, "?"), MAX_SUBJECT).replace("…", "~");
}
