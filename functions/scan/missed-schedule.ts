import type { SuspectRule } from "../kinds/suspects.ts";
import type { Moment } from "../kinds/failing/overdue.ts";
import { firstDue, parseSchedule } from "../shared/kubernetes/cron.ts";
import { isOlderThan, type Failure } from "../shared/kubernetes/failures.ts";
import { lastWriter } from "../shared/kubernetes/managed-fields.ts";
import type { CronJob } from "../shared/kubernetes/types.ts";
import { bounded, moment as at } from "../shared/text.ts";
import { problem } from "./services/decide.ts";

/** While a Job of it is active, it is said to be held up only when that was made so long ago, in seconds: many are to take turns. */
const ACTIVE_SECONDS = 86_400;
/** How much is told of a schedule, and of a time zone. */
const MAX_RULE = 40;
/** What decides when it is due. */
const FIELDS = ["schedule", "timeZone", "suspend"];

/** What is known of when a CronJob was due. */
interface Clockwork {
  schedule: string;
  zone: string | undefined;
  suspended: boolean;
  /** How many Jobs of it have not ended. */
  active: number;
  /** The time for which it made its last Job. */
  last: Date | undefined;
  /** Since when it has been kept to that schedule, as far as that is known. */
  from: Date;
}

/** Which printed rows of CronJobs deserve a full read: those that may have missed their time, by how long ago the last one was. */
export function cronJobSuspects(moment: Moment): SuspectRule {
  const agoOf = (cell: string) => new Date(moment.now.getTime() - secondsShown(cell) * 1_000);
  return {
    columns: ["Name", "Schedule", "Timezone", "Suspend", "Active", "Last Schedule", "Age"],
    isSuspect: (_name, schedule = "", timezone = "", suspend = "", active = "", lastSchedule = "", age = "") => {
      const last = lastSchedule === NONE ? undefined : agoOf(lastSchedule);
      const zone = timezone === NONE ? undefined : timezone;
      const from = last ?? agoOf(age);
      return (
        missed({ schedule, zone, suspended: suspend === "True", active: Number(active), last, from }, moment) !==
        undefined
      );
    },
  };
}

/** A cell without anything in it. Source: kubernetes pkg/printers/internalversion/printers.go, printCronJob */
const NONE = "<none>";
const UNIT_SECONDS: Readonly<Record<string, number>> = { y: 31_536_000, d: 86_400, h: 3_600, m: 60, s: 1 };

/** `2d3h`, which is cut off and not rounded. Source: k8s.io/apimachinery pkg/util/duration, HumanDuration */
function secondsShown(age: string): number {
  const parts = [...age.matchAll(/(\d+)([ydhms])/g)];
  return parts.reduce((sum, [, number, unit = ""]) => sum + Number(number) * (UNIT_SECONDS[unit] ?? 0), 0);
}

/**
 * That a CronJob was due, and has made no Job. Nothing is said of what was due before somebody wrote its schedule or let it go
 * on, and nothing where its last Job was not made by that schedule in UTC and it names no time zone: its controller may go by
 * another. What it was due for may be made up for, so that it is late as long as its status tells of no later Job. Pure.
 */
export function missedSchedule(cronJob: CronJob, moment: Moment): Failure | undefined {
  // Nothing says that a server has filled in what it has to.
  const { metadata, spec, status } = cronJob as Partial<CronJob>;
  if (metadata?.deletionTimestamp !== undefined || spec === undefined) return undefined;
  const { schedule, timeZone: zone, suspend: suspended = false, concurrencyPolicy } = spec;
  const last = status?.lastScheduleTime === undefined ? undefined : new Date(status.lastScheduleTime);
  const written = FIELDS.flatMap((field) => lastWriter(metadata, ["spec", field])?.at ?? []);
  const times = [last, new Date(metadata?.creationTimestamp ?? moment.now), ...written];
  const kept = latestOf(times);
  // What was due while its Job held it up is not made up for after its startingDeadlineSeconds.
  const ended = concurrencyPolicy === "Forbid" ? status?.lastSuccessfulTime : undefined;
  const from = ended === undefined ? kept : latestOf([kept, new Date(ended)]);
  const active = status?.active ?? [];
  const since = missed({ schedule, zone, suspended, active: active.length, last, from }, moment);
  if (since === undefined) return undefined;
  const isByUtc = zone !== undefined || last === undefined || last < kept || isDueAt(schedule, last);
  if (!isByUtc) return undefined;
  const due = `due by its schedule (${bounded(schedule, MAX_RULE)}, ${bounded(zone ?? "UTC", MAX_RULE)}) at ${at(since)}`;
  const [holder] = active;
  if (holder !== undefined && concurrencyPolicy === "Forbid") {
    const said = `Its Job ${holder.name ?? ""} has not ended, and its concurrencyPolicy is Forbid: another was ${due}.`;
    return problem("HeldUpByItsJob", said, since.toISOString());
  }
  const made = last === undefined ? "its status tells of none yet" : `its last one is that of ${at(last)}`;
  return problem("MissedSchedule", `A Job of it was ${due}, and ${made}.`, since.toISOString());
}

function latestOf(times: readonly (Date | undefined)[]): Date {
  return new Date(Math.max(...times.flatMap((time) => time?.getTime() ?? [])));
}

/** The first time that it has missed; undefined where it may still be on time. */
function missed(
  { schedule, zone, suspended, active, last, from }: Clockwork,
  { now, deadlines }: Moment,
): Date | undefined {
  if (suspended || (active > 0 && !isOlderThan(last?.toISOString(), ACTIVE_SECONDS, now))) return undefined;
  const known = parseSchedule(schedule);
  return known && firstDue(known, zone, from, new Date(now.getTime() - deadlines.short_seconds * 1_000));
}

function isDueAt(schedule: string, time: Date): boolean {
  const known = parseSchedule(schedule);
  return known !== undefined && firstDue(known, undefined, new Date(time.getTime() - 1), time) !== undefined;
}
