import { timeOf, type KubernetesEvent } from "../run/event.ts";
import type { Revision } from "../kinds/revisions/revision.ts";

/** What tells how long a revision without pods served, beside its own record. */
export interface Record {
  /** The policy's `stable_seconds`. */
  stableSeconds: number;
  /** Since when the workload has been without enough available pods, as far as its status tells. */
  unavailableSince?: Date | undefined;
  /** How long the pods that fail now were ready before, the longest of them, in seconds. */
  heldOut?: number;
  /** Whether other pods of the present revision are well. */
  presentServes?: boolean;
  /** The warnings about pods of the workload that are gone; absent where they were not read. */
  warnings?: readonly KubernetesEvent[] | undefined;
  /** When the number of replicas was last set, in milliseconds: until then it may have been zero. */
  replicasSetAt?: number | undefined;
}

/** How long old pods may take to go before those of the next revision are made, with some delay. */
export const HANDOVER_SECONDS = 40;
/** How much longer than the pods that fail now those of a revision have to have held out that served only briefly. */
const TIMES_AS_LONG = 2;
/** How long a revision has to have been the present one, in seconds, where the status tells that it was available. */
const AVAILABLE_SECONDS = 10;
/** And where nothing warned of its pods: a container that crashes again and again is warned of by then. */
const WITHOUT_WARNING_SECONDS = 60;

/** The kubelet's reason for a container that it starts again, or an image that it pulls again. Source: pkg/kubelet/events */
const BACK_OFF = "BackOff";

/**
 * How it is known that a revision without pods served until another one replaced it; undefined where it is not. Its first
 * time as the current one ended when the next number began, and that moment is known only if a new revision, not one that
 * was rolled back to, took that number.
 *
 * A time that is shorter than the policy's counts where no pod of the present revision is well, where it is at least twice as
 * long as those that fail were ready, and where something else tells that its pods were well: the workload was available until they were replaced, or no Event
 * warns of them. What fails then does so sooner than the revision before did, in the whole time that it had.
 */
export function served(
  revision: Revision,
  revisions: readonly Revision[],
  { stableSeconds, unavailableSince, heldOut = 0, presentServes = false, warnings, replicasSetAt }: Record,
): string | undefined {
  const { numbers, created } = revision;
  const replacedBy = (number: number | undefined) =>
    number === undefined ? undefined : revisions.find((other) => other.numbers[0] === number + 1);
  const first = replacedBy(numbers[0]);
  if (first !== undefined) {
    const replaced = first.created.getTime();
    const until = Math.min(replaced, unavailableSince?.getTime() ?? Infinity);
    const seconds = (until - created.getTime()) / 1_000;
    if (seconds >= stableSeconds) {
      return until < replaced
        ? `revision ${revision.revision} was in place for ${Math.round(seconds)} s before the workload became unavailable`
        : `revision ${revision.revision} was in place for ${Math.round(seconds)} s before another one replaced it`;
    }
    const comparable = presentServes ? Infinity : TIMES_AS_LONG * heldOut;
    if (isHandover(unavailableSince, first) && seconds >= Math.max(AVAILABLE_SECONDS, comparable)) {
      return `the workload was available when revision ${first.revision} came to replace revision ${revision.revision}, which had been in place for ${Math.round(seconds)} s`;
    }
    const calm = until < replaced ? undefined : secondsWithoutWarning(created, until, warnings, replicasSetAt);
    if (calm !== undefined && calm >= Math.max(WITHOUT_WARNING_SECONDS, comparable)) {
      return `no Event warns of a pod of revision ${revision.revision} in the ${Math.round(calm)} s before revision ${first.revision} replaced it`;
    }
  }
  const last = numbers.length > 1 ? replacedBy(numbers.at(-1)) : undefined;
  if (last === undefined || !isHandover(unavailableSince, last)) return undefined;
  return `revision ${revision.revision}, which had been rolled back to, was available until revision ${last.revision} replaced it`;
}

/** Whether the workload became unavailable when the revision came. */
function isHandover(unavailableSince: Date | undefined, { created }: Revision): boolean {
  if (unavailableSince === undefined) return false;
  return Math.abs(unavailableSince.getTime() - created.getTime()) <= HANDOVER_SECONDS * 1_000;
}

/**
 * For how long before a moment no Event warned of the pods that there were, in seconds, and there were some; undefined where
 * the Events were not read, and where one tells of a container that was started again and again.
 */
function secondsWithoutWarning(
  created: Date,
  until: number,
  warnings: readonly KubernetesEvent[] | undefined,
  replicasSetAt: number | undefined,
): number | undefined {
  const own = warnings?.filter((event) => firstTimeOf(event) < until && timeOf(event) >= created.getTime());
  if (own === undefined || own.some(({ reason }) => reason === BACK_OFF)) return undefined;
  return (until - Math.max(created.getTime(), replicasSetAt ?? -Infinity, ...own.map(timeOf))) / 1_000;
}

/** When an Event was seen first, in milliseconds; of one that does not tell, at any time. */
function firstTimeOf({ firstTimestamp, eventTime }: KubernetesEvent): number {
  const time = Date.parse(firstTimestamp ?? eventTime ?? "");
  return Number.isNaN(time) ? -Infinity : time;
}
