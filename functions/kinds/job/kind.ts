import { paths } from "../../shared/cluster/paths.ts";
import { isOlderThan } from "../../shared/kubernetes/failures.ts";
import type { CronJob, Job, Pod } from "../../shared/kubernetes/types.ts";
import type { Scanned } from "../kind.ts";
import { conditionOf, fromCondition } from "../status.ts";
import { isComplete } from "../suspects.ts";

/** The kind that makes Jobs by a schedule. */
const CRON_JOB = "CronJob";

/** Jobs make their pods by rules of their own, so they are looked at, and never written to. */
export const JOB = {
  kind: "Job",
  apiVersion: "batch/v1",
  plural: "jobs",
  suspects: {
    columns: ["Name", "Completions"],
    // A Job without a fixed number of completions prints `0/1 of 3`.
    isSuspect: (_name, completions = "") => !isComplete(completions),
  },
  counts: false,
  controlled: true,
  /** A Job that has given up, for as long as that is news. */
  failures: ({ status }, { now, deadlines }) => {
    const failed = conditionOf(status?.conditions, "Failed");
    if (failed?.status !== "True") return [];
    if (isOlderThan(failed.lastTransitionTime, deadlines.failed_job_seconds, now)) return [];
    return [fromCondition(failed, "JobFailed")];
  },
  /** A later run of its CronJob was a success, which makes an earlier failure old news. */
  isOldNews: async (job, owner, read) => {
    if (owner.kind !== CRON_JOB) return false;
    const cronJob = await read<CronJob>(paths.cronJob(owner.namespace, owner.name));
    const success = cronJob?.status?.lastSuccessfulTime;
    return success !== undefined && success > (job.status?.startTime ?? "");
  },
} satisfies Scanned<Job>;

/** Whether workloads of that kind are Jobs, or make Jobs. */
export function isOfJobs(kind: string): boolean {
  return kind === JOB.kind || kind === CRON_JOB;
}

/** Whether the pod belongs to a Job, which has its own rules for failed pods. */
export function isJobPod(pod: Pod): boolean {
  return pod.metadata?.ownerReferences?.some((owner) => owner.kind === JOB.kind) === true;
}
