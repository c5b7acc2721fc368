import { describeRequest, effectiveWrites, violations, type Observation, type Violation } from "./invariants.ts";

/** What is known of an execution that was stopped, and of the two that came after it. */
export interface Stopped {
  /** The one that was stopped. */
  first: Observation;
  /** Who held the claim when it was stopped; undefined when nobody did. */
  holder: string | undefined;
  /** Started right after the stop. */
  second: Observation;
  /** Started when the claim had expired, and the cluster had settled. */
  third: Observation;
}

/** What is said of a stopped execution. */
const MAY_STAND = /may still be in place/;

/** Promises broken by an execution that was stopped, or by those that come after it. */
export function stopViolations(seen: Stopped): Violation[] {
  const { first, second, third } = seen;
  return [
    ...ofTheStop(seen),
    ...ofTheSecond(seen),
    ...whenExpired(first, third),
    ...ofTheEnd([second, third]),
    ...ofAll([first, second, third]),
  ];
}

/** Whoever was told of the stop is told once that it works again; who asks for something is answered each time. */
function ofTheEnd(later: readonly Observation[]): Violation[] {
  const unasked = later.filter(({ situation }) => situation.request === undefined);
  const told = unasked.filter(isWell).flatMap(({ notifications }) => notifications);
  return told.length <= 1 ? [] : [{ invariant: "told", detail: `${told.length} notifications that it works again` }];
}

/** Somebody is told once that the execution was stopped and what that means, beside what it told itself. */
export function ofTheStop({ first }: Pick<Stopped, "first">): Violation[] {
  const broken = (detail: string): Violation[] => [{ invariant: "told", detail: `stopped: ${detail}` }];
  const own = first.notifications.filter(({ report }) => report.workload !== undefined);
  const ended = first.notifications.filter(({ report }) => report.workload === undefined);
  if (own.length > 1) return broken(`${own.length} notifications about the workload`);
  if (ended.length !== 1) return broken(`${ended.length} notifications about the stop instead of one`);
  const { text = "", document } = ended[0] ?? {};
  const denied = /No workload was remediated|nothing was done/.exec(text)?.[0];
  if (denied !== undefined) return broken(`the stop's notification says "${denied}", which nobody knows`);
  return MAY_STAND.test(document?.summary ?? "") ? [] : broken("it is not said that changes may stand");
}

/** While the claim holds, nobody else touches the workload, and whoever comes learns that it is claimed, and by whom where it is reported. */
function ofTheSecond({ first, second, holder }: Stopped): Violation[] {
  // A workload that is well by now is not looked at.
  if (isWell(second))
    return wroteNothing(second) ? [] : [{ invariant: "claim", detail: "it wrote to a healthy workload" }];
  if (holder === undefined) return violations(afterwards(second, first)).map(inRun("right away"));
  const broken = (detail: string): Violation[] => [{ invariant: "claim", detail: `right away: ${detail}` }];
  if (!wroteNothing(second)) return broken("it wrote to a workload that another execution holds");
  const [workload] = second.workloads;
  if (workload === undefined)
    return leftOutAsClaimed(second) ? [] : broken("the workload was neither reported nor said to be claimed");
  if (workload.outcome !== "Skipped" || workload.reason !== "AlreadyClaimed")
    return broken(`${workload.outcome} (${workload.reason ?? ""}) instead of Skipped (AlreadyClaimed)`);
  return workload.summary.includes(holder) ? [] : broken(`the holder is not named: ${workload.summary}`);
}

/** Whether the run says that it left out a workload for being claimed. */
function leftOutAsClaimed({ result }: Observation): boolean {
  const output = result?.status === "succeeded" ? (result.output as { resting?: { claimed?: number } }) : {};
  return (output.resting?.claimed ?? 0) > 0;
}

/** When the claim of an execution has expired, another one brings the workload to an outcome that is true. */
export function whenExpired(first: Observation, third: Observation): Violation[] {
  if (third.workloads.some(({ reason }) => reason === "AlreadyClaimed"))
    return [{ invariant: "claim", detail: "the claim of the execution that was stopped has not expired" }];
  if (isWell(third)) {
    return third.amiss === undefined
      ? []
      : [{ invariant: "accounted", detail: `nothing fails any more, it says, and ${third.amiss}` }];
  }
  return violations(afterwards(third, first)).map(inRun("later"));
}

/** Together they change no more than one of them would, and nothing but the target. */
export function ofAll(all: readonly Observation[]): Violation[] {
  // Whoever asks for a restart again gets it again.
  if (all.some(({ situation }) => situation.repeats)) return [];
  const counts = new Map<string, number>();
  for (const { method, path } of all.flatMap(({ requests }) => effectiveWrites(requests))) {
    // A pod of a StatefulSet has the name of the one before it.
    const which = `${describeRequest(method, path)} ${path}`;
    counts.set(which, (counts.get(which) ?? 0) + 1);
  }
  const undone = all.some(({ undoing }) => undoing);
  return [...counts].flatMap(([which, count]): Violation[] => {
    const most = which.startsWith("PATCH") && undone ? 2 : 1;
    return count <= most
      ? []
      : [{ invariant: "no-repeat", detail: `in all ${all.length} executions ${which} took effect ${count} times` }];
  });
}

/**
 * An execution that comes after one that was stopped may find the workload as that one left it, and then it has less to
 * do, or something else: what it may change is what the situation allows in all.
 */
function afterwards(seen: Observation, first: Observation): Observation {
  const { writes, writesAfterStop } = seen.situation;
  return { ...seen, before: first.before, situation: { ...seen.situation, writes: { ...writes, ...writesAfterStop } } };
}

/** Whether nothing failed any more, of which a run tells where people were called for it. */
function isWell({ outcomes, situation, workloads }: Observation): boolean {
  const isOver = workloads.length === 1 && workloads[0]?.reason === "NotFailingAnymore";
  return situation.outcome !== "Healthy" && (outcomes.join() === "Healthy" || isOver);
}

function wroteNothing({ requests }: Observation): boolean {
  return effectiveWrites(requests).length === 0;
}

function inRun(which: string): (violation: Violation) => Violation {
  return ({ invariant, detail }) => ({ invariant, detail: `${which}: ${detail}` });
}
