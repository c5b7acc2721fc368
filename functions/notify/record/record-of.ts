import type { Diagnosis, ExecutionRef, Report, WorkloadRun } from "../../run/contracts.ts";
import { isReplaced, undoVerification } from "../../run/what-stands.ts";
import { isUnseen } from "../../run/redrive.ts";
import { count } from "../../shared/text.ts";
import { fitting, RECORD_VERSION, type OutcomeRecord, type RecordedChange } from "./record.ts";

/** What is kept of the remediation of one workload. Pure. */
export function recordOf(run: WorkloadRun, report: Report, now: Date): OutcomeRecord {
  const { cluster_name, dry_run, execution, incident, diagnosis, undo } = run;
  const { requested, approval } = incident;
  const { origin = requested === undefined ? "found" : "agent" } = incident;
  return fitting({
    ...basis(report, execution, now),
    cluster_name,
    workload: incident.workload,
    asked_by: origin,
    ...(approval === undefined ? {} : { approval }),
    dry_run,
    ...(diagnosis === undefined ? {} : diagnosed(diagnosis)),
    found: incident.failures.map(({ reason, count: pods, message }) =>
      [`${reason} (${count(pods, "object")})`, ...(message === undefined ? [] : [message])].join(": "),
    ),
    evidence: diagnosis?.evidence ?? [],
    rejected: diagnosis?.rejected ?? [],
    changes: changesOf(run),
    ...(isUnseen(run) ? { may_have_changed: true } : {}),
    ...(undo === undefined ? {} : { undo: undo.message }),
  });
}

function diagnosed({ confidence, remedy, proposed, workload_uid, template }: Diagnosis) {
  return {
    ...{ confidence, plan: remedy },
    ...(proposed === undefined ? {} : { proposed }),
    ...(workload_uid === undefined ? {} : { workload_uid }),
    ...(template === undefined ? {} : { template }),
  };
}

/** What is known of a run beside its report. */
interface AboutRun {
  clusterName: string;
  execution: ExecutionRef;
  dryRun?: boolean;
  /** Whether it may have changed something of which no other record speaks. */
  mayHaveChanged?: boolean | undefined;
}

/** What is kept of a storm, or of how a run ended as a whole. */
export function recordOfRun(
  report: Report,
  { clusterName, execution, dryRun = false, mayHaveChanged = false }: AboutRun,
  now: Date,
): OutcomeRecord {
  const { workload } = report;
  return fitting({
    ...basis(report, execution, now),
    cluster_name: clusterName,
    ...(workload === undefined ? {} : { workload }),
    dry_run: dryRun,
    found: [],
    evidence: [],
    rejected: [],
    changes: [],
    ...(mayHaveChanged ? { may_have_changed: true } : {}),
  });
}

function basis(report: Report, execution: ExecutionRef, now: Date) {
  const { outcome, cause, action, reason, summary, needs_person, plan, requested_by, request_reason } = report;
  return {
    version: RECORD_VERSION,
    at: now.toISOString(),
    execution,
    outcome,
    cause,
    action,
    ...(reason === undefined ? {} : { reason }),
    summary,
    needs_person,
    ...(plan === undefined ? {} : { proposal: plan }),
    ...(requested_by === undefined ? {} : { requested_by }),
    ...(request_reason === undefined ? {} : { request_reason }),
  } as const;
}

/** What was tried in vain and cannot be undone, then what the last remedy did. */
function changesOf(run: WorkloadRun): RecordedChange[] {
  const { tries = [], remedy, diagnosis } = run;
  const earlier = tries.map((each) => ({ ...each, state: "in place" as const }));
  return [...earlier, { remedy, diagnosis, state: stateOf(run) }].flatMap(({ remedy: done, diagnosis: by, state }) => {
    if (done?.status !== "applied" || done.change === undefined) return [];
    const uid = by?.workload_uid;
    return {
      change: done.change,
      state,
      undo: done.undo ?? "can be undone",
      ...(uid === undefined ? {} : { workload_uid: uid }),
    };
  });
}

/** What became of the last change. */
function stateOf(run: WorkloadRun): RecordedChange["state"] {
  const { undo, undo_error } = run;
  if (undoVerification(run)?.verdict === "undone") return "undone";
  if (isReplaced(run) || undo?.status === "overtaken") return "replaced";
  return undo?.status === "applied" || undo_error !== undefined ? "not known" : "in place";
}
