import type { Lease } from "../shared/kubernetes/types.ts";
import type { HistoryEntry } from "./contracts.ts";
import { expiryOf, historyOf, lastUseOf } from "./lease.ts";

/** The outcome in the history of a storm's Lease by which one is known that people were told the end of. */
export const STORM_OVER = "Recovered";

/** A storm that is over: when people were last told of it, and when a run saw it last. */
export interface PastStorm {
  told_at: string;
  seen_at: string;
}

/** The name of the Lease that stands for a storm: of the cluster, or of the one namespace that was looked at. */
export function stormLeaseName(namespace: string | undefined): string {
  // The name of a workload's claim has two dots or more, and the name of a namespace none.
  return namespace === undefined ? "storm" : `storm.${namespace}`;
}

/** Whether subscribers were told what an entry says; those who were to tell it may not have been able to. */
export function isTold({ told }: HistoryEntry): boolean {
  return told !== null;
}

/** The storm that a Lease remembers, where it is over and people were told of it and not yet of its end. */
export function pastStorm(lease: Lease, now: Date): PastStorm | undefined {
  if (expiryOf(lease).getTime() > now.getTime()) return undefined;
  const [latest] = historyOf(lease).filter(isTold);
  if (latest === undefined || latest.outcome === STORM_OVER) return undefined;
  return { told_at: latest.at, seen_at: lastUseOf(lease).toISOString() };
}
