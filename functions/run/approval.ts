import { createHash } from "node:crypto";
import type { Policy } from "../shared/policy.ts";
import type { WorkloadRef } from "../shared/refs.ts";
import type { HistoryEntry, Remedy } from "./contracts.ts";
import type { Refusal } from "./refusals.ts";

/** What a plan is for: the workload, as it was looked at. */
export interface Planned {
  workload: WorkloadRef;
  uid: string | undefined;
  /** Hash of its pod template. */
  template: string | undefined;
  remedy: Remedy;
}

/** How many digits name a plan. They keep no secret: whoever approves may do so, or not, whatever they name. */
const DIGITS = 16;

/**
 * How a plan is named: the same for the same remedy of the same object with the same pod template, and no other. What is
 * approved by this name is what was read before it was approved.
 */
export function planId(planned: Planned): string {
  return createHash("sha256").update(JSON.stringify(planned, inOrder)).digest("hex").slice(0, DIGITS);
}

/** Until when a proposal that was made at a moment may be approved. */
export function validUntil(at: Date, policy: Policy): Date {
  return new Date(at.getTime() + policy.approval.valid_seconds * 1_000);
}

/**
 * Until when a proposal may be approved that is remembered: as people were told, and no longer than the policy says by now. An
 * earlier version kept no more than when it was proposed.
 */
export function approvableUntil({ at, valid_until }: Pick<HistoryEntry, "at" | "valid_until">, policy: Policy): Date {
  const allowed = validUntil(new Date(at), policy);
  const told = new Date(valid_until ?? allowed);
  return told < allowed ? told : allowed;
}

/** The latest proposal of a plan, with nothing carried out since: what was approved once is not carried out a second time. */
export function proposalOf(history: readonly HistoryEntry[], plan: string): HistoryEntry | undefined {
  const index = history.findIndex((entry) => entry.plan === plan && !isDeclined(entry));
  const proposal = history[index];
  return history.slice(0, index).some(({ applied }) => applied === true) ? undefined : proposal;
}

/** When the plan was declined; undefined where it was not, or was proposed again since. */
export function declinedAt(history: readonly HistoryEntry[], plan: string): string | undefined {
  const latest = history.find((entry) => entry.plan === plan);
  return latest !== undefined && isDeclined(latest) ? latest.at : undefined;
}

/** Whether an entry says that its plan was declined. */
export function isDeclined({ reason }: Pick<HistoryEntry, "reason">): boolean {
  return reason === ("Declined" satisfies Refusal);
}

/** An object's fields in the order of their names, so that equal ones become equal texts. */
function inOrder(_name: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
