import { ENABLED_ANNOTATION } from "../facts/opt-out.ts";
import { kindOf } from "../kinds/kinds.ts";
import { describeWorkload, resourceOf } from "../kinds/workloads.ts";
import type { Report } from "../run/contracts.ts";
import { handBackCommand } from "../run/lease.ts";
import type { Refusal } from "../run/refusals.ts";
import type { WorkloadRef } from "../shared/refs.ts";
import { annotateCommand } from "./commands.ts";

/** How a workload is taken out of the workflow's hands for good, and given back. */
export interface HandsOff {
  hands_off: string[];
  hand_back: string[];
}

/** Of what is not there, and of what the workflow would not touch anyway. */
export const NOTHING_TO_ANNOTATE: HandsOff = { hands_off: [], hand_back: [] };

/** Refusals of what the workflow would not touch whatever its annotation says. */
const NEVER: readonly string[] = [
  "NamespaceNotAllowed",
  "ManagedByAnotherTool",
  "NothingRecreatesIt",
  "BeingDeleted",
] satisfies Refusal[];
/** Refusals of what its own annotation, or that of its namespace, keeps the workflow away from. */
const KEPT_AWAY: readonly string[] = ["OptedOut", "NotOptedIn"] satisfies Refusal[];
/** Refusals that the claim's history is the reason for: with it, they go. */
const REMEMBERED: readonly string[] = ["CoolingDown", "TriedTooOften", "KeepsRecurring", "PutBack"] satisfies Refusal[];

/**
 * The commands by which a person keeps the workflow away from a workload for good, and gives it back: by name, so that neither a
 * new template nor time ends it. None for what is not there, or what the workflow would not touch anyway.
 */
export function handsOff(
  workload: WorkloadRef,
  { reason = "", summary }: Pick<Report, "reason" | "summary">,
): HandsOff {
  if (kindOf(workload) === undefined || NEVER.includes(reason)) return NOTHING_TO_ANNOTATE;
  const annotate = (value: string) =>
    annotateCommand(workload.namespace, resourceOf(workload), workload.name, `${ENABLED_ANNOTATION}=${value}`);
  // What an HPA or a pod says for itself, the workload's own word does not take back.
  const own = [
    `${describeWorkload(workload)} carries`,
    `${describeWorkload(workload)} was left`,
    `namespace ${workload.namespace} carries`,
  ];
  if (reason === ("OptedOut" satisfies Refusal) && !own.some((words) => summary.includes(words)))
    return NOTHING_TO_ANNOTATE;
  return {
    hands_off: KEPT_AWAY.includes(reason) ? [] : annotate("false"),
    // Opted in by name: the workload's own word counts before that of its namespace, and where the policy asks for one.
    hand_back: [...annotate("true"), ...(REMEMBERED.includes(reason) ? [handBackCommand(workload)] : [])],
  };
}
