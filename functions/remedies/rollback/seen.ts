import type { WorkloadState } from "../../facts/state.ts";
import { isTerminating } from "../../shared/kubernetes/pods.ts";
import { presentTemplate } from "../../shared/kubernetes/template.ts";
import type { RevisionRef } from "../../shared/refs.ts";
import type { RollbackChange, RollbackPlan } from "./contract.ts";

/** The earlier template where it is in place, and the pods that have given way to it. */
export function seen({ before, after, unblocked }: RollbackPlan, state: WorkloadState): RollbackChange | undefined {
  if (!hasTemplate(state, after)) return undefined;
  const there = new Set(state.pods.filter((pod) => !isTerminating(pod)).map(({ metadata }) => metadata?.uid));
  return { kind: "rollback", before, after, unblocked: unblocked.filter(({ uid }) => !there.has(uid)) };
}

/** Another template than the one that was put in place. */
export function overtaken({ after }: RollbackChange, state: WorkloadState): string | undefined {
  if (hasTemplate(state, after)) return undefined;
  return `its pod template is not that of revision ${after.revision} any more`;
}

/** What is missing until the replaced template is back, and its controller knows. */
export function remains({ before }: RollbackChange, state: WorkloadState): string[] {
  const unseen = state.kind.hasSeenSpec(state.workload) ? [] : ["its controller has not seen the newest spec yet"];
  if (hasTemplate(state, before)) return unseen;
  return [`its pod template is not that of revision ${before.revision}`, ...unseen];
}

function hasTemplate({ workload }: WorkloadState, { template }: RevisionRef): boolean {
  return presentTemplate(workload) === template;
}
