import * as z from "zod";
import type { Lease } from "../shared/kubernetes/types.ts";
import { parsedAs } from "../shared/parsed.ts";
import type { WorkloadRef } from "../shared/refs.ts";
import type { HistoryEntry } from "./contracts.ts";
import { UNFINISHED } from "./history.ts";
import { historyOf, holderOf, workloadOf } from "./lease.ts";

/** Where a Lease keeps what its holder is about to do, while it looks whether the limits let it. */
const ASKS_ANNOTATION = "eks-remediation/asks";

/** What an execution is about to do: begin a remedy, or tell people something that is told once (action `none`). */
const Asks = z.strictObject({ execution: z.string(), cause: z.string(), action: z.string() });
export type Asks = z.output<typeof Asks>;

/** A remedy that is under way, or about to begin. */
export interface Place extends Pick<HistoryEntry, "cause" | "action"> {
  /** The workload; undefined when somebody broke the annotation that names it. */
  workload: WorkloadRef | undefined;
  /** Whether it was let begin. */
  hasBegun: boolean;
  /** Where its Lease stands among all writes; undefined when it does not say. */
  order: bigint | undefined;
}

/**
 * The remedy that the holder of a claim has begun, and not ended, or is about to begin. With a claim that has expired nothing
 * is written any more, so it has none.
 */
export function placeOf(lease: Lease, now: Date): Place | undefined {
  const holder = holderOf(lease, now);
  if (holder === undefined) return undefined;
  const begun = begunBy(lease, holder);
  const asks = asksOf(lease);
  const what = begun ?? (asks?.execution === holder && asks.action !== "none" ? asks : undefined);
  if (what === undefined) return undefined;
  const { cause, action } = what;
  const order = orderOf(lease.metadata?.resourceVersion);
  return { workload: workloadOf(lease), cause, action, hasBegun: begun !== undefined, order };
}

/** Whether what the Lease says its holder is about to do stands before a write of that order. Where that is not known, it does. */
export function isAhead(order: bigint | undefined, of: bigint | undefined): boolean {
  return order === undefined || of === undefined || order < of;
}

/** Where a resourceVersion stands among all writes. Source: KEP-5504, Comparable Resource Version */
export function orderOf(resourceVersion: string | undefined): bigint | undefined {
  return /^\d+$/.test(resourceVersion ?? "") ? BigInt(resourceVersion ?? "") : undefined;
}

/** What an execution has begun, and not ended, on the workload of a claim. */
export function begunBy(lease: Lease, execution: string): HistoryEntry | undefined {
  return historyOf(lease).find((entry) => entry.outcome === UNFINISHED && entry.execution === execution);
}

/** Whether it is of that namespace; where nobody knows, it may be. */
export function isIn(namespace: string): (place: Pick<Place, "workload">) => boolean {
  return ({ workload }) => workload === undefined || workload.namespace === namespace;
}

/** What the Lease says that somebody is about to do. */
export function asksOf({ metadata }: Lease): Asks | undefined {
  return parsedAs(Asks, metadata?.annotations?.[ASKS_ANNOTATION] ?? "null");
}

/** The same Lease, with what its holder is about to do. */
export function asking(lease: Lease, { execution, cause, action }: Asks): Lease {
  const asks = JSON.stringify({ execution, cause, action } satisfies Asks);
  return withAnnotations(lease, { ...lease.metadata?.annotations, [ASKS_ANNOTATION]: asks });
}

/** The same Lease, whose holder is about to do nothing. */
export function notAsking(lease: Lease): Lease {
  const { [ASKS_ANNOTATION]: _asks, ...annotations } = lease.metadata?.annotations ?? {};
  return withAnnotations(lease, annotations);
}

function withAnnotations(lease: Lease, annotations: Record<string, string>): Lease {
  return { ...lease, metadata: { ...lease.metadata, annotations } };
}
