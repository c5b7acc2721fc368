import type { WorkloadState } from "../../facts/state.ts";
import { isTakenUp } from "../../kinds/argo-rollout/abort.ts";
import { ABORT, isAborted, isOf, isStable, type Rollout } from "../../kinds/argo-rollout/rollout.ts";
import { byWhom } from "../../shared/kubernetes/managed-fields.ts";
import { presentTemplate } from "../../shared/kubernetes/template.ts";
import type { RolloutAbortChange, RolloutAbortPlan } from "./contract.ts";

type Revisions = Pick<RolloutAbortPlan, "before" | "after">;

/** That it is not the same rollout any more, whether or not that is aborted: it has another template, or was promoted. */
export function movedOn({ before, after }: Revisions, rollout: Rollout): string | undefined {
  const { status } = rollout;
  const template = presentTemplate(rollout);
  // Where the template is in another object, its controller's word has to do.
  const isSame = template === undefined ? isOf(status?.currentPodHash, before) : template === before.template;
  if (!isSame) return `its pod template is not that of revision ${before.revision} any more`;
  return isStable(status, after) ? undefined : `revision ${after.revision} is not what was promoted last any more`;
}

/** That another abort has taken the place of the one that was made. */
export function abortedAnew(
  { aborted_at }: Pick<RolloutAbortChange, "aborted_at">,
  rollout: Rollout,
): string | undefined {
  if (!isAborted(rollout) || rollout.status?.abortedAt === aborted_at) return undefined;
  return "it was tried again, and aborted anew";
}

/** The abort where it is in place; where it was to be taken back, that it is. */
export function seen(plan: RolloutAbortPlan, { workload }: WorkloadState): RolloutAbortChange | undefined {
  const { before, after, back } = plan;
  const { abortedAt = "" } = (workload as Rollout).status ?? {};
  if (movedOn(plan, workload) !== undefined) return undefined;
  if (back !== undefined) {
    return isAborted(workload) ? undefined : { kind: "rollout-abort", before, after, ...back, back: true };
  }
  return isAborted(workload) ? { kind: "rollout-abort", before, after, aborted_at: abortedAt } : undefined;
}

/** What somebody has made of it since: tried it again, aborted it anew, promoted it, or changed its template. */
export function overtaken(change: RolloutAbortChange, { workload }: WorkloadState): string | undefined {
  const other = movedOn(change, workload) ?? abortedAnew(change, workload);
  if (other !== undefined) return other;
  if (change.back === true) return isAborted(workload) ? "it is aborted again" : undefined;
  return isAborted(workload) ? undefined : `its rollout goes on again${byWhom(workload.metadata, ABORT)}`;
}

/** What is missing until its controller goes on with what was aborted. */
export function remains(change: RolloutAbortChange, { workload }: WorkloadState): string[] {
  if (isAborted(workload)) return [`the rollout of revision ${change.before.revision} is still aborted`];
  return isTakenUp(workload) ? [] : ["its controller has not taken up yet that it is to be tried again"];
}
