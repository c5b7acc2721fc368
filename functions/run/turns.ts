import { createHash } from "node:crypto";
import * as z from "zod";
import type { Lease } from "../shared/kubernetes/types.ts";
import { parsedAs } from "../shared/parsed.ts";
import type { WorkloadRun } from "./contracts.ts";

/** Where a Lease keeps which call of a remedy's step is at work, or was last. */
const TURN_ANNOTATION = "eks-remediation/turn";

/**
 * A call of a remedy's step that has begun to write. A call that is given the same as one before is its retry: that one may have
 * written already, and may still be at work, whatever the state machine has heard of it.
 */
const Turn = z.strictObject({
  execution: z.string(),
  /** A digest of what the call was given: retries have it in common, and other parts of a remedy another. */
  input: z.string(),
  /** How often the step had been tried before that call. */
  attempt: z.int().min(0),
  /** Which call with that input it is, counted from 1, of those that have begun to write. */
  number: z.int().min(1),
});
export type Turn = z.output<typeof Turn>;

/** The turn of a call that is to begin to write now; undefined where a retry of it has begun before it, to which it gives way. */
export function nextTurn(lease: Lease, run: WorkloadRun, attempt: number): Turn | undefined {
  const latest = turnOf(lease);
  const own = { execution: run.execution.name, input: digestOf(run), attempt };
  if (latest === undefined || !isTurnFor(latest, run)) return { ...own, number: 1 };
  return latest.attempt > attempt ? undefined : { ...own, number: latest.number + 1 };
}

/** The call that has begun to write last; undefined where the Lease does not say. */
export function turnOf({ metadata }: Lease): Turn | undefined {
  return parsedAs(Turn, metadata?.annotations?.[TURN_ANNOTATION] ?? "null");
}

/** The same Lease, with the call that begins to write. */
export function withTurn(lease: Lease, turn: Turn): Lease {
  const annotations = { ...lease.metadata?.annotations, [TURN_ANNOTATION]: JSON.stringify(turn) };
  return { ...lease, metadata: { ...lease.metadata, annotations } };
}

/** Whether a call that was given that is, or was, at work in that turn. */
export function isTurnFor({ execution, input }: Turn, run: WorkloadRun): boolean {
  return execution === run.execution.name && input === digestOf(run);
}

function digestOf(run: WorkloadRun): string {
  return createHash("sha256").update(JSON.stringify(run)).digest("hex").slice(0, 16);
}
