import { isDeepStrictEqual } from "node:util";
import type { ScalePlan } from "../run/contracts.ts";
import type { HpaBounds, RevisionRef } from "../shared/refs.ts";
import { boundsOf } from "../shared/kubernetes/hpa.ts";
import { presentTemplate } from "../shared/kubernetes/template.ts";
import type { WorkloadState } from "./state.ts";

/** Whether the workload has the pod template of this revision. */
export function hasTemplate({ workload }: WorkloadState, { template }: RevisionRef): boolean {
  return presentTemplate(workload) === template;
}

/** Whether what a plan scales has one of the plan's two sizes: that from before, or the one it was to get. */
export function hasSize(state: WorkloadState, plan: ScalePlan, which: "from" | "to"): boolean {
  return isDeepStrictEqual(presentSize(state, plan), plan[which]);
}

/** The size of what a plan scales; undefined when the HPA that it names does not scale the workload any more. */
export function presentSize({ kind, workload, hpa }: WorkloadState, plan: ScalePlan): HpaBounds | number | undefined {
  if (plan.target === "replicas") return kind.wanted(workload);
  return hpa?.metadata?.name === plan.name ? boundsOf(hpa) : undefined;
}
