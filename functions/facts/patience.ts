import type { Kind } from "../kinds/kind.ts";
import { kindOf } from "../kinds/kinds.ts";
import { MAX_SECONDS } from "../kinds/patience.ts";
import type { Revision } from "../kinds/revisions/revision.ts";
import { containerStatuses, isReady, isTerminating } from "../shared/kubernetes/pods.ts";
import type { Pod } from "../shared/kubernetes/types.ts";
import { duration } from "../shared/text.ts";
import type { Case, FailingPod } from "./case.ts";
import { failsForCertain } from "./certain.ts";
import { firstFailed } from "./first-failed.ts";
import { mayStartUntil } from "./still-starting.ts";

/** How often a container has to have been restarted before its crashes count as more than a late dependency's. */
const CONVINCING_RESTARTS = 2;

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
 * Where an earlier revision is healthy, a failure that cannot pass by itself is left alone for no longer than the policy
 * says, and where nothing serves not at all.
 */
export function patienceWith(facts: Case): string | undefined {
  const { workload, incident, now } = facts.evidence;
  const kind = kindOf(incident.workload.kind);
  if (kind === undefined || workload === undefined) return undefined;
  const failing = failingOfCurrent(facts, kind);
  const own = ownDeadline(facts, kind, failing) ?? policyDeadline(facts, kind, failing);
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

/** The pods of the present revision that fail, also those that their controller has replaced since it was made. */
function failingOfCurrent({ failing, leftovers, current }: Case, { history }: Kind): FailingPod[] {
  if (current === undefined) return [];
  // The leftovers of a revision that was rolled back to may be of its first time.
  const all = isFirstTime(current) ? [...failing, ...leftovers] : failing;
  return all.filter(({ pod }) => history?.isMadeFrom(pod, current.name) === true);
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
  return { from: Math.min(began(facts, failing), madeInVain(facts, kind)), seconds, because };
}

/**
 * Where updates have no deadline of their own, as those of StatefulSets and DaemonSets, the policy says how long they may
 * take to show; pods that are still starting have as long as they may start.
 */
function policyDeadline({ evidence, policy }: Case, kind: Kind, failing: FailingPod[]): Limit | undefined {
  const { workload, holders, now } = evidence;
  if (workload === undefined || !kind.isUpdating(workload)) return undefined;
  const from = Math.max(...holders.map(({ metadata }) => Date.parse(metadata?.creationTimestamp ?? "")));
  if (!Number.isFinite(from)) return undefined;
  const since = Math.round((now.getTime() - from) / 1_000);
  const starting = failing.map(({ pod }) => mayStartUntil(pod) ?? -Infinity);
  const start = (Math.min(...starting) - from) / 1_000;
  const { set_update_seconds } = policy.detect;
  if (Number.isFinite(start) && start > set_update_seconds) {
    const because = `An update is under way since ${since} s, and what fails of it is still inside the time that its startup probe allows.`;
    return { from, seconds: start, because };
  }
  const because = `An update is under way since ${since} s; the policy leaves it alone for ${set_update_seconds} s (detect.set_update_seconds).`;
  return { from, seconds: set_update_seconds, because };
}

/** The policy's limit where waiting helps nobody and there is a healthy revision to return to. */
function hopeless(facts: Case, kind: Kind, failing: FailingPod[]): Limit | undefined {
  const { healthy, policy } = facts;
  if (healthy === undefined || failing.length === 0) return undefined;
  const certain = failing.some(failsForCertain);
  const from = began(facts, failing);
  if (servesNothing(facts, kind) && (certain || failing.some(convinces))) return { from, seconds: 0, because: "" };
  if (!certain) return undefined;
  const seconds = policy.detect.certain_failure_seconds;
  const because = `A rollout is under way that cannot succeed as it is; the policy leaves it alone for ${seconds} s all the same (detect.certain_failure_seconds).`;
  return { from, seconds, because };
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
function madeInVain({ evidence, current, failing }: Case, kind: Kind): number {
  const { workload, pods } = evidence;
  if (workload === undefined || current === undefined || failing.length === 0) return Infinity;
  if (!isFirstTime(current) || current.available > 0) return Infinity;
  if (kind.completedAt(workload, current) !== undefined) return Infinity;
  const up = pods.some((pod) => serves(pod) && kind.history?.isMadeFrom(pod, current.name) === true);
  return up ? Infinity : current.created.getTime();
}

/** Whether the workload has no pod, of any revision, that serves; and what fails is not an earlier one's. */
function servesNothing({ evidence, revisions, failing, current }: Case, kind: Kind): boolean {
  const { workload, pods } = evidence;
  if (workload === undefined || revisions.some(({ available }) => available > 0) || pods.some(serves)) return false;
  const flapping = pods.filter((pod) => isReady(pod) && hasCrashed(pod));
  if (kind.ready(workload) > flapping.length) return false;
  return failing.every(({ pod }) => kind.history?.isMadeFrom(pod, current?.name ?? "") === true);
}

/** Whether the pod is ready, and not only for the moments between two crashes. */
function serves(pod: Pod): boolean {
  return isReady(pod) && !isTerminating(pod) && !hasCrashed(pod);
}

function hasCrashed(pod: Pod): boolean {
  return containerStatuses(pod).some(({ lastState }) => (lastState?.terminated?.exitCode ?? 0) !== 0);
}

/** Whether a pod's failure is more than that of one that comes up a little later than what it depends on. */
function convinces({ pod, failures }: FailingPod): boolean {
  if (mayStartUntil(pod) !== undefined) return false;
  return failures.some(({ exitCode, restarts = 0 }) => exitCode === undefined || restarts >= CONVINCING_RESTARTS);
}
