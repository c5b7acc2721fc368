import { isDeepStrictEqual } from "node:util";
import type { HpaBounds, RevisionRef, ScalePlan } from "../shared/contracts.ts";
import { boundsOf } from "../shared/kubernetes/hpa.ts";
import { templateHash } from "../shared/kubernetes/template.ts";
import type { Deployment } from "../shared/kubernetes/types.ts";
import type { WorkloadState } from "./state.ts";

/** Whether the workload has the pod template of this revision. */
export function hasTemplate(state: WorkloadState, { template }: RevisionRef): boolean {
  return presentTemplate(state) === template;
}

/** The hash of the workload's pod template; undefined when it has none. */
export function presentTemplate({ workload }: WorkloadState): string | undefined {
  const template = workload.spec?.template;
  return template === undefined ? undefined : templateHash(template);
}

/** Whether what a plan scales has one of the plan's two sizes: that from before, or the one it was to get. */
export function hasSize(state: WorkloadState, plan: ScalePlan, which: "from" | "to"): boolean {
  return isDeepStrictEqual(presentSize(state, plan), plan[which]);
}

/** The size of what a plan scales; undefined when the HPA that it names does not scale the workload any more. */
export function presentSize({ workload, hpa }: WorkloadState, plan: ScalePlan): HpaBounds | number | undefined {
  if (plan.target === "replicas") return (workload as Deployment).spec?.replicas;
  return hpa?.metadata?.name === plan.name ? boundsOf(hpa) : undefined;
}
