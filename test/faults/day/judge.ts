import type { DayRecord, Sample, Told, Write } from "./record.ts";
import { mostMessages } from "./plan.ts";

/** A failure that lasted for less may have gone before anybody had to say anything. */
const LASTING_MS = 45 * 60_000;
/** A rollout has its deadline first, then the remedy its soak. */
const TOLD_WITHIN_MS = 60 * 60_000;
/** Outcomes that a claim remembers. */
const MAX_HISTORY = 10;
/** Growth of the heap that is within what collections leave. */
const MAX_GROWTH = 1.2;
/** Sockets come and go. */
const MAX_MORE_HANDLES = 20;
const FIRST_HOUR = 2;

/** What a day broke, one line each. */
export function judgeDay(day: DayRecord): string[] {
  return [
    ...day.failed.map((line) => `an execution failed: ${line}`),
    ...(day.open === 0 ? [] : [`${day.open} executions were still running an hour after the last one was started`]),
    ...day.held.map((name) => `the claim ${name} was still held when the day was over`),
    ...untold(day),
    ...flooded(day),
    ...repeatedTooSoon(day),
    ...(day.longestHistory <= MAX_HISTORY ? [] : [`a claim remembers ${day.longestHistory} outcomes`]),
    ...(day.claimsLeft.length <= 2 ? [] : [`five weeks later these claims are left: ${day.claimsLeft.join(", ")}`]),
    ...grown(day.samples),
  ];
}

/** Failures that lasted, and of which nobody was told. */
function untold({ troubles, told, runs }: DayRecord): string[] {
  const [first] = troubles;
  const over = (first?.begun ?? 0) + runs * 60_000;
  return troubles.flatMap(({ workload, begun, ended = over }) => {
    if (ended - begun < LASTING_MS) return [];
    const until = Math.min(ended, begun + TOLD_WITHIN_MS);
    const known = told.some((each) => each.workload === workload && each.at >= begun && each.at <= until);
    return known ? [] : [`${workload} failed at ${moment(begun)}, and nobody was told until ${moment(until)}`];
  });
}

/** The workload that stays broken, and the messages about it. */
export function messagesAbout(day: DayRecord): { told: Told[]; most: number } {
  const told = day.told.filter(({ workload }) => workload === day.broken);
  return { told, most: mostMessages(day.runs * 60, day.pause.base_seconds, day.pause.max_seconds) };
}

function flooded(day: DayRecord): string[] {
  const { told, most } = messagesAbout(day);
  const storm = day.told.filter(({ outcome }) => outcome === "Storm");
  const seconds = ((storm.at(-1)?.at ?? 0) - (storm[0]?.at ?? 0)) / 1_000;
  const mostOfStorm = mostMessages(seconds, day.pause.base_seconds, day.pause.max_seconds);
  return [
    ...(told.length <= most
      ? []
      : [`${told.length} messages about ${day.broken}, which stays broken; at most ${most}`]),
    ...(storm.length <= mostOfStorm
      ? []
      : [`${storm.length} messages about one storm of ${Math.round(seconds / 60)} minutes; at most ${mostOfStorm}`]),
  ];
}

/** Changes of one workload that follow each other within the cool-down, but for an undo and the pods of one restart. */
function repeatedTooSoon({ writes, told, pause }: DayRecord): string[] {
  const byWorkload = Map.groupBy(writes, workloadOf);
  return [...byWorkload].flatMap(([workload, made]) =>
    made.slice(1).flatMap((write, index) => {
      const seconds = (write.at - (made[index]?.at ?? 0)) / 1_000;
      const sameRestart = write.what === "create pods/eviction" && seconds < 60;
      const undone = told.some(
        (each) => each.workload === workload && each.outcome === "RolledBack" && isSoonAfter(each.at, write.at),
      );
      return sameRestart || undone || seconds >= pause.base_seconds
        ? []
        : [`${workload} was changed again after ${Math.round(seconds)} s: ${write.what} at ${moment(write.at)}`];
    }),
  );
}

/** The report follows the undo when that is verified. */
function isSoonAfter(later: number, earlier: number): boolean {
  return later >= earlier && later - earlier < 10 * 60_000;
}

/** `shop/app-1`, of the path of a workload, its HPA or its pod. */
function workloadOf({ path }: Write): string {
  const [, namespace = "", rest = ""] = /\/namespaces\/([^/]+)\/[^/]+\/([^/]+)/.exec(path) ?? [];
  return `${namespace}/${/^[a-z]+-\d+/.exec(rest)?.[0] ?? rest}`;
}

function grown(samples: readonly Sample[]): string[] {
  const early = samples.find(({ hour }) => hour === FIRST_HOUR);
  const late = samples.at(-1);
  if (early === undefined || late === undefined) return ["there are no samples of the process"];
  return [
    ...(late.heap <= early.heap * MAX_GROWTH ? [] : [`the heap grew from ${early.heap} to ${late.heap} bytes`]),
    ...(late.handles <= early.handles + MAX_MORE_HANDLES
      ? []
      : [`open handles grew from ${early.handles} to ${late.handles}`]),
  ];
}

function moment(at: number): string {
  return new Date(at).toISOString().slice(11, 16);
}
