import type { Case } from "../facts/case.ts";
import { failsForCertain } from "../facts/certain.ts";
import { kindOf } from "../kinds/kinds.ts";
import { workloadObject } from "../kinds/object-ref.ts";
import { answersRollout, planOf, remedyFor } from "../remedies/remedies.ts";
import type { Remedy } from "../run/contracts.ts";
import { pathOf } from "../shared/object-ref.ts";
import type { WorkloadRef } from "../shared/refs.ts";
import type { GuardRefusal } from "./guards.ts";

/**
 * While a storm holds where the workload is, nothing is done to it but a rollback of what cannot pass, while earlier pods
 * serve: whatever else fails there may do so for the cause of the storm, and a tool that owns it may bring back more than it.
 */
export function refuseInStorm({ evidence, ofCurrent }: Case, remedy: Remedy): GuardRefusal | undefined {
  const { incident, workload } = evidence;
  if (incident.despite_storm !== true || remedy.action === "none") return undefined;
  const kind = kindOf(incident.workload);
  const serves = workload !== undefined && (kind?.ready(workload) ?? 0) > 0;
  const isCertain = ofCurrent.length > 0 && ofCurrent.every(failsForCertain);
  const isItsOwn = answersRollout(remedy.action) && serves && isCertain;
  if (isItsOwn && writesAlone(remedy, incident.workload)) return undefined;
  const why = isItsOwn
    ? `what brings it back (${remedy.action}) may change more than this workload`
    : "that its own rollout alone has broken it is not certain";
  return {
    refusal: "InStorm",
    message: `Many workloads fail at once where it is, and ${why}: nothing is done to it while that lasts.`,
  };
}

/** Whether it writes to nothing but the workload and its pods. */
function writesAlone(remedy: Remedy, workload: WorkloadRef): boolean {
  const plan = planOf(remedy);
  if (plan === undefined) return false;
  const own = pathOf(workloadObject(workload));
  return remedyFor(plan.action)
    .writes(plan, workload)
    .every((ref) => ref.kind === "Pod" || pathOf(ref) === own);
}
