import type { Kind } from "../kinds/kind.ts";
import { kindOf } from "../kinds/kinds.ts";
import { MAX_SECONDS } from "../kinds/patience.ts";
import type { Revision } from "../kinds/revisions/revision.ts";
import { startOfRun } from "../kinds/failing/container-runs.ts";
import { STILL_STARTING } from "../kinds/failing/overdue.ts";
import { containerStatuses, isReady, isTerminating, readySince } from "../shared/kubernetes/pods.ts";
import type { ContainerStatus, Pod } from "../shared/kubernetes/types.ts";
import { duration } from "../shared/text.ts";
import type { Case, FailingPod } from "./case.ts";
import { failsForCertain } from "./certain.ts";
import { firstFailed } from "./first-failed.ts";

/** How often a container has to have been restarted before its crashes count as more than a late dependency's. */
const CONVINCING_RESTARTS = 2;

/** How long a container that crashed has to run, in seconds, before it counts as one that runs. */
const SETTLED_SECONDS = 60;

/** For how long a rollout is left alone, and why. */
interface Limit {
  /** From when, in milliseconds; infinite while nothing tells. */
  from: number;
  seconds: number;
  because: string;
}

/**
 * Why a rollout of the workload is still left alone, and for how long: for people; undefined when none is under way, or
 * when it has had its time.
 *
 * The time is the rollout's own deadline, or the policy's for a kind without one. The deadline is counted here, from when
 * the present revision began to fail, since a controller begins it anew with each pod that becomes ready for a moment.
 * Where an earlier revision is healthy, a rollout that cannot succeed, or with which nothing serves, is left alone for no
 * longer than the policy says.
 */
export function patienceWith(facts: Case): string | undefined {
  const { workload, incident, now } = facts.evidence;
  const kind = kindOf(incident.workload);
  if (kind === undefined || workload === undefined) return undefined;
  const failing = failingOfCurrent(facts, kind);
  const own = ownDeadline(facts, kind, failing) ?? policyDeadline(facts, kind);
  if (own === undefined) return undefined;
  const early = hopeless(facts, kind, failing);
  const limit = early !== undefined && endOf(early) < endOf(own) ? early : own;
  const left = (endOf(limit) - now.getTime()) / 1_000;
  if (left <= 0) return undefined;
  if (!Number.isFinite(left)) return limit.because;
  return `${limit.because} As things stand, it is left alone for another ${duration(Math.ceil(left))}.`;
}

function endOf({ from, seconds }: Limit): number {
  return from + seconds * 1_000;
}

/**
 * The pods of the present revision that fail, also those that their controller has replaced since it was made; not those
 * that are still inside the time that their own probes allow.
 */
function failingOfCurrent({ failing, leftovers, current }: Case, { history }: Kind): FailingPod[] {
  if (current === undefined) return [];
  // The leftovers of a revision that was rolled back to may be of its first time.
  const all = isFirstTime(current) ? [...failing, ...leftovers] : failing;
  const late = all.filter(({ failures }) => failures.some(({ reason }) => reason !== STILL_STARTING));
  return late.filter(({ pod }) => history?.isMadeFrom(pod, current.name) === true);
}

/** Whether the rollout is that with which the revision was made, not one back to it. */
function isFirstTime({ numbers }: Revision): boolean {
  return numbers.length === 1;
}

/** The deadline that the rollout has of its own, counted from when its revision began to fail, or was made in vain. */
function ownDeadline(facts: Case, kind: Kind, failing: FailingPod[]): Limit | undefined {
  const { workload, now } = facts.evidence;
  const deadline = workload === undefined ? undefined : kind.deadline?.ahead(workload, facts.current, now);
  if (deadline === undefined) return undefined;
  const seconds = Math.min(deadline, MAX_SECONDS);
  const because = Number.isFinite(deadline)
    ? `A rollout is under way and inside its progress deadline of ${deadline} s; it may still succeed.`
    : `A rollout is under way that has no progress deadline, so that it has ${duration(seconds)}; it may still succeed.`;
  const from = Math.max(began(facts, failing), lastProgress(facts, kind));
  return { from: Math.min(from, madeInVain(facts, kind, failing)), seconds, because };
}

/** Where updates have no deadline of their own, as those of StatefulSets and DaemonSets, the policy says how long they may take to show. */
function policyDeadline({ evidence, policy }: Case, kind: Kind): Limit | undefined {
  const { workload, holders, now } = evidence;
  if (workload === undefined || !kind.isUpdating(workload)) return undefined;
  const from = Math.max(...holders.map(({ metadata }) => Date.parse(metadata?.creationTimestamp ?? "")));
  if (!Number.isFinite(from)) return undefined;
  const seconds = policy.detect.set_update_seconds;
  const since = Math.round((now.getTime() - from) / 1_000);
  const because = `An update is under way since ${since} s; the policy leaves it alone for ${seconds} s (detect.set_update_seconds).`;
  return { from, seconds, because };
}

/** The policy's limit where waiting helps nobody and there is a healthy revision to return to. */
function hopeless(facts: Case, kind: Kind, failing: FailingPod[]): Limit | undefined {
  const { healthy, policy } = facts;
  if (healthy === undefined || failing.length === 0) return undefined;
  const certain = failing.some(failsForCertain);
  const down = servesNothing(facts, kind);
  if (!certain && !down) return undefined;
  const seconds = down && (certain || failing.some(crashesOn)) ? 0 : policy.detect.failed_rollout_seconds;
  const what = down ? "with which nothing serves" : "that cannot succeed as it is";
  const because = `A rollout is under way ${what}; the policy leaves it alone for ${seconds} s (detect.failed_rollout_seconds).`;
  return { from: began(facts, failing), seconds, because };
}

/** When the first of these pods of the present revision began to fail, in milliseconds; infinite while none is known to. */
function began({ current }: Case, failing: FailingPod[]): number {
  const first = Math.min(...failing.map((pod) => firstFailed(pod)?.getTime() ?? Infinity));
  return current === undefined || !isFirstTime(current) ? first : Math.max(current.created.getTime(), first);
}

/**
 * When the present revision was made, where nothing of it has come up since, in milliseconds; infinite otherwise. Pods that
 * are replaced again and again are always young.
 */
function madeInVain(facts: Case, kind: Kind, failing: FailingPod[]): number {
  const { evidence, current, own } = facts;
  if (evidence.workload === undefined || current === undefined || failing.length + own.length === 0) return Infinity;
  if (!isFirstTime(current) || current.available > 0 || Number.isFinite(lastProgress(facts, kind))) return Infinity;
  return kind.completedAt(evidence.workload, current) === undefined ? current.created.getTime() : Infinity;
}

/** When a pod of the present revision became ready to stay so, the last of them, in milliseconds: that is progress. */
function lastProgress({ evidence, current }: Case, { history }: Kind): number {
  const { pods, now } = evidence;
  if (current === undefined) return -Infinity;
  const up = pods.filter((pod) => serves(pod, now) && history?.isMadeFrom(pod, current.name) === true);
  return Math.max(...up.map((pod) => Date.parse(readySince(pod) ?? "")).filter(Number.isFinite));
}

/**
 * Whether the workload has no pod that serves, of any revision to which anything is sent; and what fails is not an earlier one's.
 */
function servesNothing({ evidence, revisions, failing, current }: Case, kind: Kind): boolean {
  const { workload, pods, now } = evidence;
  if (workload === undefined || current === undefined) return false;
  const spare = revisions.filter((revision) => kind.isSentTo?.(workload, revision) === false);
  if (revisions.some((revision) => revision.available > 0 && !spare.includes(revision))) return false;
  const ready = pods.filter((pod) => isReady(pod) && !isTerminating(pod));
  const isSpare = (pod: Pod) => spare.some(({ name }) => kind.history?.isMadeFrom(pod, name) === true);
  // The status may count pods that are not among those read.
  if (kind.ready(workload) > ready.length || ready.some((pod) => !isSpare(pod) && serves(pod, now))) return false;
  return failing.every(({ pod }) => kind.history?.isMadeFrom(pod, current.name) === true);
}

/** Whether the pod is ready, and not only for a moment between two ends of a container. */
function serves(pod: Pod, now: Date): boolean {
  return isReady(pod) && !isTerminating(pod) && !containerStatuses(pod).some((status) => flaps(status, now));
}

/** Whether a container that ended with an error runs again, and not for longer than it did before. */
function flaps({ state, lastState }: ContainerStatus, now: Date): boolean {
  const ended = lastState?.terminated;
  if ((ended?.exitCode ?? 0) === 0) return false;
  const before = (Date.parse(ended?.finishedAt ?? "") - (startOfRun(ended) ?? NaN)) / 1_000;
  const run = (now.getTime() - Date.parse(state?.running?.startedAt ?? "")) / 1_000;
  return !(run > Math.max(SETTLED_SECONDS, Number.isFinite(before) ? before : 0));
}

/** Whether a container crashes for longer than one that comes up a little later than what it depends on. */
function crashesOn({ failures }: FailingPod): boolean {
  return failures.some(({ exitCode, restarts = 0 }) => exitCode !== undefined && restarts >= CONVINCING_RESTARTS);
}
