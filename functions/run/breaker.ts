import type { Lease } from "../shared/kubernetes/types.ts";
import { CLAIM_NAMESPACE, type Policy } from "../shared/policy.ts";
import { some } from "../shared/text.ts";
import type { HistoryEntry } from "./contracts.ts";
import { isIneffective, isSuccess, REQUESTED, UNFINISHED } from "./history.ts";
import { historyOf, holderOf, workloadOf } from "./lease.ts";
import type { Refusal } from "./refusals.ts";

/** The Lease on which a person says so, of no workload: whoever hands one back deletes that one's claim. */
export const BREAKER_LEASE = "breaker";
/** Since when a person lets remedies begin again: what ended before speaks against none. Heard on any Lease of the namespace. */
const CLOSED_ANNOTATION = "eks-remediation/breaker-closed";
/** A remedy that is needed again so soon did not last, in milliseconds. */
const REPEATED_WITHIN_MS = 3_600_000;
/** Of fewer namespaces it is the breaker of each: one tenant often has two. */
const MIN_NAMESPACES = 3;
/** How many of the remedies that did not help are named. */
const MAX_NAMED = 3;

/** A breaker that is open: remedies across workloads did not help. */
export interface OpenBreaker {
  /** The namespace in which no remedy begins; undefined when it is the whole cluster. */
  namespace: string | undefined;
  /** When it was closed last, as far as the histories tell: what people were told before is not of this time. */
  since: Date;
  /** Until when nothing is tried; then one remedy is. */
  until: Date;
  /** What speaks against remedies, as the end of a sentence. */
  why: string;
  /** The claims that tell of it, the first few by name. */
  claims: string;
}

/** How one remedy has ended. */
interface Vote {
  at: number;
  /** The workload, as its Lease is called. */
  lease: string;
  namespace: string;
  /** Whether it did not help, or was needed again soon. */
  inVain: boolean;
}

/** Two of one workload, or of one namespace, count once: the newer. */
type Party = (vote: Vote) => string;

/**
 * The breaker that is open for a namespace, as the histories of all claims tell. It opens for a namespace when of the last
 * remedies on its workloads so many did not help, each workload counted once; and for the cluster when that is so of the
 * last remedies of its namespaces, each counted once and three at least: whoever may create objects in one namespace
 * opens it for that one alone. After a pause one remedy is tried, which closes it, or keeps it open for another pause.
 * @param leases all Leases of the claim namespace
 */
export function breakerFor(
  namespace: string,
  leases: readonly Lease[],
  policy: Policy,
  now: Date,
): OpenBreaker | undefined {
  const closed = leases.reduce((latest, lease) => Math.max(latest, closedAt(lease, now)), 0);
  const since = Math.max(now.getTime() - policy.limits.breaker.within_seconds * 1_000, closed);
  const votes = leases.flatMap((lease) => votesOf(lease, now)).filter(({ at }) => at > since);
  const { failures } = policy.limits.breaker;
  const everywhere = { namespace: undefined, failures: Math.max(failures, MIN_NAMESPACES), closed, policy };
  const ofAll = replay(votes, ({ namespace: own }) => own, everywhere);
  const here = votes.filter((vote) => vote.namespace === namespace);
  const own = replay(here, ({ lease }) => lease, { namespace, failures, closed, policy });
  // One that is to be tried does not stand for one that is not.
  return [ofAll, own].find((open) => open !== undefined && open.until.getTime() > now.getTime()) ?? ofAll ?? own;
}

/** What a breaker is played by. */
interface Rules {
  namespace: string | undefined;
  /** How many failures open it. */
  failures: number;
  /** When a person closed it last; 0 for never. */
  closed: number;
  policy: Policy;
}

/** Plays the votes in their order: what opens the breaker, and what each trial says. */
function replay(
  votes: readonly Vote[],
  party: Party,
  { namespace, failures, closed, policy }: Rules,
): OpenBreaker | undefined {
  const { breaker } = policy.limits;
  const pause = breaker.pause_seconds * 1_000;
  let closedLast = closed;
  let open: { until: number; last: Vote[] } | undefined;
  let last: Vote[] = [];
  for (const vote of votes.toSorted((a, b) => a.at - b.at)) {
    if (open !== undefined && vote.at >= open.until) {
      // What ended after the pause was a trial.
      open = vote.inVain ? { ...open, until: vote.at + pause } : undefined;
      if (open === undefined) closedLast = vote.at;
      last = [];
      continue;
    }
    last = [...last.filter((earlier) => party(earlier) !== party(vote)), vote].slice(-breaker.of);
    if (open === undefined && last.filter(({ inVain }) => inVain).length >= failures) {
      open = { until: vote.at + pause, last };
    }
  }
  if (open === undefined) return undefined;
  const inVain = open.last.filter((vote) => vote.inVain);
  const what =
    namespace === undefined ? "remedies, each in another namespace" : "remedies there, each on another workload";
  const { length } = inVain;
  return {
    ...{ namespace, since: new Date(closedLast), until: new Date(open.until) },
    why: `${length} of the last ${open.last.length} ${what}, ${length === 1 ? "is" : "are"} not known to have helped, or needed again within an hour`,
    claims: some(
      inVain.map(({ lease }) => lease),
      MAX_NAMED,
    ),
  };
}

/** How the remedies of a claim have ended, what is still under way left out. What a person took in hand says nothing. */
function votesOf(lease: Lease, now: Date): Vote[] {
  const workload = workloadOf(lease);
  if (workload === undefined) return [];
  const holder = holderOf(lease, now);
  const isUnderWay = ({ outcome, execution }: HistoryEntry) => outcome === UNFINISHED && execution === holder;
  const ended = historyOf(lease).filter((entry) => entry.applied === true && !isUnderWay(entry));
  return ended.flatMap((entry, index) => {
    if (entry.reason !== undefined && IN_OTHER_HANDS.includes(entry.reason)) return [];
    // What was asked for says nothing of what the workflow finds and chooses by itself.
    if (entry.cause === REQUESTED) return [];
    const inVain = isIneffective(entry) || isRepetition(entry, ended[index + 1]);
    return [{ at: Date.parse(entry.at), lease: lease.metadata?.name ?? "", namespace: workload.namespace, inVain }];
  });
}

/** Reasons of outcomes that tell of what somebody else did, not of the remedy. */
const IN_OTHER_HANDS: readonly string[] = ["ObjectChanged", "ScaledToZero"] satisfies Refusal[];

/** Whether the remedy before it had helped the same template, and did not last. */
function isRepetition(entry: HistoryEntry, before: HistoryEntry | undefined): boolean {
  if (before === undefined || !isSuccess(before)) return false;
  const isSame = before.action === entry.action && before.template === entry.template;
  return isSame && Date.parse(entry.at) - Date.parse(before.at) < REPEATED_WITHIN_MS;
}

/** A moment that has not come closes nothing. */
function closedAt({ metadata }: Lease, now: Date): number {
  const time = Date.parse(metadata?.annotations?.[CLOSED_ANNOTATION] ?? "");
  return time <= now.getTime() ? time : 0;
}

/** The command by which a person lets remedies begin again. */
export function closingCommand(now: Date): string {
  return `kubectl -n ${CLAIM_NAMESPACE} annotate lease ${BREAKER_LEASE} ${CLOSED_ANNOTATION}=${now.toISOString()} --overwrite`;
}
