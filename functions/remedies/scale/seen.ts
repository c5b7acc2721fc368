import { isDeepStrictEqual } from "node:util";
import type { WorkloadState } from "../../facts/state.ts";
import type { Diagnosis } from "../../run/contracts.ts";
import { boundsOf, describeSize, wasLimitedAtMaximum } from "../../shared/kubernetes/hpa.ts";
import type { Hpa } from "../../shared/kubernetes/types.ts";
import type { HpaBounds } from "../../shared/refs.ts";
import type { ScaleChange, ScalePlan, Scaling } from "./contract.ts";

/** The size that was to be reached, where it is. */
export function seen({ scale }: ScalePlan, state: WorkloadState): ScaleChange | undefined {
  return hasSize(state, scale, "to") ? { kind: "scale", scale } : undefined;
}

/** Another size than the one that was set. */
export function overtaken({ scale }: ScaleChange, state: WorkloadState): string | undefined {
  if (hasSize(state, scale, "to")) return undefined;
  const size = presentSize(state, scale);
  if (scale.target === "replicas") return `it is to have ${describeSize(size ?? 0)} by now`;
  if (size === undefined) return `HPA ${scale.name} does not scale it any more`;
  return `the bounds of HPA ${scale.name} are ${describeSize(size)} by now`;
}

/** An HPA that was at its maximum and still wants more, or has not looked since that was raised. */
export function gaps(_change: ScaleChange, { hpa }: WorkloadState, diagnosis: Diagnosis | undefined): string[] {
  return hpa === undefined || diagnosis?.cause !== "HpaAtMaximum" ? [] : stillLimited(hpa);
}

/** What is missing until the earlier size is back. */
export function remains({ scale }: ScaleChange, state: WorkloadState): string[] {
  const back = hasSize(state, scale, "from");
  if (scale.target === "hpa")
    return back ? [] : [`the bounds of HPA ${scale.name} are not ${describeSize(scale.from)}`];
  if (!back) return [`it is to have ${describeSize(presentSize(state, scale) ?? 0)} instead of ${scale.from}`];
  return state.kind.hasSeenSpec(state.workload) ? [] : ["its controller has not seen the newest spec yet"];
}

/** That the HPA still wants more than its maximum, as far as it has looked since that was raised. */
export function stillLimited(hpa: Hpa): string[] {
  if (!wasLimitedAtMaximum(hpa)) return [];
  return [`HPA ${hpa.metadata?.name ?? ""} still wants more than its maximum of ${boundsOf(hpa).max} replicas`];
}

/** Whether what is scaled has one of the two sizes: that from before, or the one it was to get. */
function hasSize(state: WorkloadState, scaling: Scaling, which: "from" | "to"): boolean {
  return isDeepStrictEqual(presentSize(state, scaling), scaling[which]);
}

/** The size of what is scaled; undefined when the HPA that is named does not scale the workload any more. */
function presentSize({ kind, workload, hpa }: WorkloadState, scaling: Scaling): HpaBounds | number | undefined {
  if (scaling.target === "replicas") return kind.wanted(workload);
  return hpa?.metadata?.name === scaling.name ? boundsOf(hpa) : undefined;
}
