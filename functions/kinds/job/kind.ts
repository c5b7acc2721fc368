import { paths } from "../../shared/cluster/paths.ts";
import { failure, isOlderThan, type Failure } from "../../shared/kubernetes/failures.ts";
import { isSameKind, type KindRef } from "../../shared/kubernetes/groups.ts";
import type { Moment } from "../failing/overdue.ts";
import type { CronJob, Job } from "../../shared/kubernetes/types.ts";
import type { Scanned } from "../kind.ts";
import { conditionOf, fromCondition, unchangedSince } from "../status.ts";
import { isComplete } from "../suspects.ts";

/** The kind that makes Jobs by a schedule. */
export const CRON_JOB: KindRef = { kind: "CronJob" };
/** Whether its pods are to end by themselves, so that they serve nobody: a Job, or what makes Jobs. */
export function endsByItself(ref: KindRef): boolean {
  return isSameKind(ref, CRON_JOB) || isSameKind(ref, { kind: "Job" });
}

/** The reason of an active Job that has no pod, and should. */
export const NO_PODS = "NoPods";
/**
 * How long the controller waits at most after a failed pod, in seconds.
 * Source: kubernetes pkg/controller/job/job_controller.go, MaxJobPodFailureBackOff
 */
const LONGEST_BACK_OFF_SECONDS = 600;
/** Conditions of a Job that has ended, or is about to. */
const ENDING = ["Complete", "Failed", "SuccessCriteriaMet", "FailureTarget"];
/** Who makes the pods of Jobs that are left to nobody else. */
const OWN_CONTROLLER = "kubernetes.io/job-controller";

/** Jobs make their pods by rules of their own, so they are looked at, and never written to. */
export const JOB = {
  kind: "Job",
  apiVersion: "batch/v1",
  plural: "jobs",
  suspects: {
    columns: ["Name", "Completions"],
    // A Job without a fixed number of completions prints `0/1 of 3`.
    isSuspect: (_name, completions = "") => !isComplete(completions),
    batchesOf: (_name, completions = "") => {
      const succeeded = /^(\d+)\//.exec(completions)?.[1];
      return succeeded === undefined ? [] : [{ field: "status.successful", value: succeeded }];
    },
  },
  counts: false,
  controlled: true,
  /** A Job that has given up, for as long as that is news; one that should have pods, and has had none for too long. */
  failures: (job, moment) => {
    const { now, deadlines } = moment;
    const failed = conditionOf(job.status?.conditions, "Failed");
    if (failed?.status !== "True") return withoutPods(job, moment);
    if (isOlderThan(failed.lastTransitionTime, deadlines.failed_job_seconds, now)) return [];
    return [fromCondition(failed, "JobFailed")];
  },
  /** A later run of its CronJob was a success, which makes an earlier failure old news. */
  isOldNews: async (job, owner, read) => {
    if (!isSameKind(owner, CRON_JOB) || !hasFailed(job)) return false;
    const cronJob = await read<CronJob>(paths.cronJob(owner.namespace, owner.name));
    const success = cronJob?.status?.lastSuccessfulTime;
    return success !== undefined && success > (job.status?.startTime ?? "");
  },
} satisfies Scanned<Job>;

/** Whether the Job has given up. */
export function hasFailed({ status }: Pick<Job, "metadata" | "status">): boolean {
  return conditionOf(status?.conditions, "Failed")?.status === "True";
}

/** Whether workloads of that kind are Jobs, or make Jobs. */
export function isOfJobs(ref: KindRef): boolean {
  return isSameKind(ref, { kind: JOB.kind }) || isSameKind(ref, CRON_JOB);
}

/**
 * An active Job without any pod. Its status does not say why: a quota or an admission webhook that refuses its pods shows
 * in its events alone. After a failed pod the controller waits before it makes another.
 */
function withoutPods({ metadata, spec, status }: Job, { now, deadlines }: Moment): Failure[] {
  const { active = 0, terminating = 0, failed = 0, conditions } = status ?? {};
  const isEnding = ENDING.some((type) => conditionOf(conditions, type)?.status === "True");
  const isHeld = spec?.suspend === true || spec?.parallelism === 0;
  if (isEnding || isHeld || active + terminating > 0 || (spec?.managedBy ?? OWN_CONTROLLER) !== OWN_CONTROLLER)
    return [];
  const since = unchangedSince(metadata);
  const patience = deadlines.short_seconds + (failed > 0 ? LONGEST_BACK_OFF_SECONDS : 0);
  if (!isOlderThan(since, patience, now)) return [];
  return [failure({ reason: NO_PODS, message: "the Job is active, and has no pod", since })];
}
