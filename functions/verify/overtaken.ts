import type { Change } from "../shared/contracts.ts";
import { boundsOf, describeSize } from "../shared/kubernetes/hpa.ts";
import { templateHash } from "../shared/kubernetes/template.ts";
import type { Deployment } from "../shared/kubernetes/types.ts";
import type { WorkloadState } from "./state.ts";

/**
 * What somebody else has put in the place of what the remedy had set; undefined while it is as the remedy left it. Their
 * change stands, and how the workload is with it says nothing about the remedy.
 */
export function overtakenBy(change: Change, { workload, hpa }: WorkloadState): string | undefined {
  switch (change.kind) {
    case "rollback": {
      const template = workload.spec?.template;
      if (template !== undefined && templateHash(template) === change.after.template) return undefined;
      return `its pod template is not that of revision ${change.after.revision} any more`;
    }
    case "scale": {
      const { scale } = change;
      if (scale.target === "replicas") {
        const replicas = (workload as Deployment).spec?.replicas;
        return replicas === scale.to ? undefined : `it is to have ${describeSize(replicas ?? 0)} by now`;
      }
      if (hpa?.metadata?.name !== scale.name) return `HPA ${scale.name} does not scale it any more`;
      const bounds = boundsOf(hpa);
      if (bounds.min === scale.to.min && bounds.max === scale.to.max) return undefined;
      return `the bounds of HPA ${scale.name} are ${describeSize(bounds)} by now`;
    }
    case "restart":
      return undefined;
  }
}
