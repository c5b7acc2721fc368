import type { WorkloadRun } from "../run/contracts.ts";
import { describeSize } from "../shared/kubernetes/hpa.ts";
import { presentTemplate } from "../shared/kubernetes/template.ts";
import { hasSize, hasTemplate, presentSize } from "./in-place.ts";
import type { WorkloadState } from "./state.ts";

/**
 * What somebody else has put in the place of what the remedy had set; undefined while it is as the remedy left it. Their
 * change stands, and how the workload is with it says nothing about the remedy.
 */
export function overtakenBy({ remedy, diagnosis }: WorkloadRun, state: WorkloadState): string | undefined {
  const change = remedy?.change;
  switch (change?.kind) {
    case "rollback":
      if (hasTemplate(state, change.after)) return undefined;
      return `its pod template is not that of revision ${change.after.revision} any more`;
    case "scale": {
      const { scale } = change;
      if (hasSize(state, scale, "to")) return undefined;
      const size = presentSize(state, scale);
      if (scale.target === "replicas") return `it is to have ${describeSize(size ?? 0)} by now`;
      if (size === undefined) return `HPA ${scale.name} does not scale it any more`;
      return `the bounds of HPA ${scale.name} are ${describeSize(size)} by now`;
    }
    case "restart":
      if (diagnosis?.template === undefined || presentTemplate(state.workload) === diagnosis.template) return undefined;
      return "its pod template is another one than when its pods were restarted";
    case undefined:
      return undefined;
  }
}
