import { describeWorkload } from "../kinds/workloads.ts";
import type { Lease } from "../shared/kubernetes/types.ts";
import type { Policy } from "../shared/policy.ts";
import type { WorkloadRef } from "../shared/refs.ts";
import { breakerFor, type OpenBreaker } from "./breaker.ts";
import { isSuccess } from "./history.ts";
import { historyOf, leaseName, workloadOf } from "./lease.ts";
import { isAhead, isIn, orderOf, placeOf, type Asks, type Place } from "./places.ts";
import type { HELD_BACK } from "./refusals.ts";

/** The time over which `limits.per_hour` counts, and for which a remedy that helped speaks for its like, in milliseconds. */
const HOUR_MS = 3_600_000;

/** Who would begin a remedy, of what. */
export interface Asker extends Asks {
  workload: WorkloadRef;
  /** Whether a person or an agent asked for exactly this: the numbers hold for it, canary and breaker do not. */
  requested: boolean;
}

/** Why a remedy is not begun now. */
export interface Limited {
  refusal: Exclude<(typeof HELD_BACK)[number], "FleetStorm">;
  message: string;
  /** The breaker that is open. */
  breaker?: OpenBreaker;
}

/** What the limits are decided from. */
interface Situation {
  asker: Asker;
  leases: readonly Lease[];
  /** What is under way, or asked before, on other workloads. */
  ahead: readonly Place[];
  policy: Policy;
  now: Date;
}

/**
 * Decides from all claims whether one more remedy may begin. What has begun counts, and of those that are about to begin, as
 * this one is, the ones whose Lease was written before its own: of two that ask at the same time, one sees the other. The API
 * server's resourceVersions are the order of the writes, so that no clocks are compared.
 * @param leases all Leases of the claim namespace, read after `since` was written
 * @param since the resourceVersion of the asker's own Lease, which says what it asks; undefined where it says nothing, so that
 *   everybody else is ahead
 * @returns undefined when it may begin
 */
export function limitFor(
  asker: Asker,
  leases: readonly Lease[],
  since: string | undefined,
  policy: Policy,
  now: Date,
): Limited | undefined {
  const own = leaseName(asker.workload);
  const ahead = leases
    .filter(({ metadata }) => metadata?.name !== own)
    .flatMap((lease) => placeOf(lease, now) ?? [])
    .filter(({ hasBegun, order }) => hasBegun || isAhead(order, orderOf(since)));
  const situation: Situation = { asker, leases, ahead, policy, now };
  const rules = [tooManyAtOnce, tooManyThisHour, ...(asker.requested ? [] : [openBreaker, canary])];
  return rules.map((rule) => rule(situation)).find((limited) => limited !== undefined);
}

function tooManyAtOnce({ asker, ahead, policy: { limits } }: Situation): Limited | undefined {
  const { action, workload } = asker;
  const refused = (number: number, where: string, limit: string, allowed: number): Limited => {
    const underWay = `${remedies(number)} ${number === 1 ? "is" : "are"} under way ${where}`;
    const message = `The ${action} was not begun: ${underWay}, and ${limit} allows ${allowed} at a time. ${next(asker)}`;
    return { refusal: "TooManyAtOnce", message };
  };
  if (ahead.length >= limits.concurrent) {
    return refused(ahead.length, "in the cluster", "limits.concurrent", limits.concurrent);
  }
  const here = ahead.filter(isIn(workload.namespace)).length;
  if (here < limits.per_namespace) return undefined;
  return refused(here, `in namespace ${workload.namespace}`, "limits.per_namespace", limits.per_namespace);
}

function tooManyThisHour({ asker, leases, ahead, policy: { limits }, now }: Situation): Limited | undefined {
  const { namespace } = asker.workload;
  const isHere = isIn(namespace);
  const asking = ahead.filter(({ hasBegun }) => !hasBegun);
  const timesOf = (counts: typeof isHere) => [
    ...leases.filter((lease) => counts({ workload: workloadOf(lease) })).flatMap((lease) => recentIn(lease, now)),
    ...asking.filter(counts).map(() => now.getTime()),
  ];
  const refused = (times: readonly number[], where: string, what: string, allowed: number): Limited | undefined => {
    if (times.length < allowed) return undefined;
    const free = (times.toSorted((a, b) => a - b).at(-allowed) ?? 0) + HOUR_MS;
    return {
      refusal: "TooManyThisHour",
      message: `The ${asker.action} was not begun: ${remedies(times.length)} began or ended in ${where} within the last hour, and ${what} ${allowed}. One more may begin from ${new Date(free).toISOString()} on.`,
    };
  };
  // One namespace cannot use up what all of them have.
  const share = Math.ceil(limits.per_hour / 2);
  return (
    refused(
      timesOf(() => true),
      "the cluster",
      "limits.per_hour allows",
      limits.per_hour,
    ) ??
    refused(timesOf(isHere), `namespace ${namespace}`, "one namespace may use half of limits.per_hour, that is", share)
  );
}

/** When the remedies of a claim ended, or began that have not ended, within the last hour. */
function recentIn(lease: Lease, now: Date): number[] {
  return historyOf(lease)
    .filter(({ applied }) => applied === true)
    .filter(({ at }) => isWithinAnHour(at, now))
    .map(({ at }) => Date.parse(at));
}

/** What a clock far ahead has written is no more of this hour than what is long ago. */
function isWithinAnHour(at: string, now: Date): boolean {
  return Math.abs(now.getTime() - Date.parse(at)) < HOUR_MS;
}

/** Of several workloads that fail for one cause, the first shows whether its remedy helps. */
function canary({ asker, leases, ahead, policy: { limits }, now }: Situation): Limited | undefined {
  const { action, cause } = asker;
  const isLike = (other: Pick<Place, "action" | "cause">) => other.action === action && other.cause === cause;
  const first = limits.canary ? ahead.find(isLike) : undefined;
  if (first === undefined) return undefined;
  const own = leaseName(asker.workload);
  const hasHelped = leases
    .filter(({ metadata }) => metadata?.name !== own)
    .flatMap(historyOf)
    .some((entry) => isLike(entry) && isSuccess(entry) && isWithinAnHour(entry.at, now));
  if (hasHelped) return undefined;
  const where = first.workload === undefined ? "another workload" : describeWorkload(first.workload);
  return {
    refusal: "CanaryFirst",
    message: `The ${action} was not begun: one for the same cause is under way for ${where}, and whether it helps is not known yet (limits.canary). ${next(asker)}`,
  };
}

function openBreaker({ asker, leases, ahead, policy, now }: Situation): Limited | undefined {
  const breaker = breakerFor(asker.workload.namespace, leases, policy, now);
  if (breaker === undefined) return undefined;
  const { namespace, until, why } = breaker;
  const isPaused = until.getTime() > now.getTime();
  const trial = ahead.find(namespace === undefined ? () => true : isIn(namespace));
  if (!isPaused && trial === undefined) return undefined;
  const where = namespace === undefined ? "In the cluster" : `In namespace ${namespace}`;
  const then = isPaused ? `One is tried from ${until.toISOString()} on` : "One is under way, to see whether it helps";
  return {
    refusal: "BreakerOpen",
    message: `The ${asker.action} was not begun. ${where} the workflow begins nothing by itself for now: ${why}. ${then}.`,
    breaker,
  };
}

function remedies(number: number): string {
  return number === 1 ? "1 remedy" : `${number} remedies`;
}

/** When it is looked at again: whoever asked for it has to ask again. */
function next({ requested }: Asker): string {
  return requested ? "Ask for it again once fewer are under way." : "The next run looks at it again.";
}
