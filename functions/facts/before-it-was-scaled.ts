import type { Revision } from "../kinds/revisions/revision.ts";
import { duration } from "../shared/text.ts";
import type { Evidence } from "./evidence.ts";
import { mayHavePassedForReady, type StableTime } from "./onset.ts";
import type { ReadyTime } from "./stable.ts";

/** A rollout of no pods is complete in the second in which its revision is made, as the API writes times. */
const AT_ONCE_MS = 1_000;
/** The generation of a ReplicaSet that was made with no replicas and has been scaled once. */
const SCALED_ONCE = 2;

/** Whether the present revision was rolled out at zero replicas, so that its first pods came when it was scaled up. */
export function wasScaledUpOnce(
  { holders }: Pick<Evidence, "holders">,
  current: Revision | undefined,
  rolledOut: Date | undefined,
): boolean {
  if (current === undefined || rolledOut === undefined) return false;
  const holder = holders.find(({ metadata }) => metadata?.name === current.name);
  return rolledOut.getTime() - current.created.getTime() <= AT_ONCE_MS && holder?.metadata?.generation === SCALED_ONCE;
}

/**
 * That the present revision may have run well for long before its replicas were set last, by pods that are gone: it had been rolled out
 * completely that long before, and what fails are pods that came later. Undefined where it had no pods before, and where such pods as
 * fail may count as ready, so that a complete rollout says nothing.
 */
export function beforeItWasScaled(
  evidence: Pick<Evidence, "holders">,
  times: readonly ReadyTime[],
  { current, rolledOut, emptyUntil }: Scaled,
  stableSeconds: number,
): StableTime | undefined {
  if (rolledOut === undefined || emptyUntil === undefined || wasScaledUpOnce(evidence, current, rolledOut))
    return undefined;
  if (times.some(({ failing: { pod, failures } }) => mayHavePassedForReady(pod, failures))) return undefined;
  const seconds = (emptyUntil - rolledOut.getTime()) / 1_000;
  if (seconds < stableSeconds) return undefined;
  return {
    seconds: 0,
    isUnknown: true,
    evidence: `the rollout was complete ${duration(seconds)} before its replicas were set last, and how the pods fared that it had in between is not known`,
  };
}

interface Scaled {
  current: Revision | undefined;
  /** When the present revision was completely rolled out. */
  rolledOut: Date | undefined;
  /** Until when there may have been no pods at all, in milliseconds. */
  emptyUntil: number | undefined;
}
