import type { CronJob, Job } from "../types.ts";
import { ageCell, humanDuration } from "./age.ts";
import { columns, containerCells, nameOf, selectorCell, type Printer } from "./printer.ts";

export const JOB_PRINTER: Printer<Job> = {
  columns: columns("Name, Status, Completions, Duration, Age | Containers, Images, Selector"),
  cells: (job, now) => [
    nameOf(job),
    statusOf(job),
    completionsOf(job),
    durationOf(job, now),
    ageCell(job.metadata?.creationTimestamp, now),
    ...containerCells(job.spec?.template),
    selectorCell(job.spec?.selector),
  ],
};

export const CRON_JOB_PRINTER: Printer<CronJob> = {
  columns: columns("Name, Schedule, Timezone, Suspend, Active, Last Schedule, Age | Containers, Images, Selector", {
    Suspend: "boolean",
    Active: "integer",
  }),
  cells: (cronJob, now) => {
    const { metadata, spec, status } = cronJob;
    return [
      nameOf(cronJob),
      spec.schedule,
      spec.timeZone ?? "<none>",
      spec.suspend === true ? "True" : "False",
      status?.active?.length ?? 0,
      status?.lastScheduleTime === undefined ? "<none>" : ageCell(status.lastScheduleTime, now),
      ageCell(metadata?.creationTimestamp, now),
      ...containerCells(spec.jobTemplate.spec?.template),
      selectorCell(spec.jobTemplate.spec?.selector),
    ];
  },
};

function statusOf({ metadata, status }: Job): string {
  const is = (type: string) =>
    status?.conditions?.some((condition) => condition.type === type && condition.status === "True");
  if (is("Complete") === true) return "Complete";
  if (is("Failed") === true) return "Failed";
  if (metadata?.deletionTimestamp !== undefined) return "Terminating";
  if (is("Suspended") === true) return "Suspended";
  return ["FailureTarget", "SuccessCriteriaMet"].find((type) => is(type) === true) ?? "Running";
}

function completionsOf({ spec, status }: Job): string {
  const succeeded = status?.succeeded ?? 0;
  if (spec?.completions !== undefined) return `${succeeded}/${spec.completions}`;
  const parallelism = spec?.parallelism ?? 0;
  return parallelism > 1 ? `${succeeded}/1 of ${parallelism}` : `${succeeded}/1`;
}

function durationOf({ status }: Job, now: Date): string {
  if (status?.startTime === undefined) return "";
  const end = status.completionTime === undefined ? now : new Date(status.completionTime);
  return humanDuration((end.getTime() - new Date(status.startTime).getTime()) / 1_000);
}
