import type { Change, UndoVerification, WorkloadRun } from "../shared/contracts.ts";
import { boundsOf } from "../shared/kubernetes/hpa.ts";
import { templateHash } from "../shared/kubernetes/template.ts";
import type { Deployment } from "../shared/kubernetes/types.ts";
import type { WorkloadState } from "./state.ts";

/**
 * Judges whether an undone remedy is really undone: the object is again as it was before the remedy, and its controller
 * has seen that. Whether the workload is well again is not asked: it was failing before, too.
 */
export function verifyUndo(run: WorkloadRun, state: WorkloadState, now: Date): UndoVerification {
  const reasons = run.remedy?.change === undefined ? [] : remains(run.remedy.change, state);
  if (reasons.length === 0) return { verdict: "undone", reasons: [] };
  // An undo whose step ended with an error has no deadline: what was not done by now will not be done.
  const late = run.undo === undefined || now.getTime() >= Date.parse(run.undo.deadline);
  return { verdict: late ? "not_undone" : "settling", reasons };
}

function remains(change: Change, { workload, hpa }: WorkloadState): string[] {
  const seen = workload.status?.observedGeneration ?? 0;
  const unseen = seen < (workload.metadata?.generation ?? 0) ? ["its controller has not seen the newest spec yet"] : [];
  switch (change.kind) {
    case "rollback": {
      const template = workload.spec?.template;
      const back = template !== undefined && templateHash(template) === change.before.template;
      return [...(back ? [] : [`its pod template is not that of revision ${change.before.revision}`]), ...unseen];
    }
    case "scale": {
      const { scale } = change;
      if (scale.target === "replicas") {
        const replicas = (workload as Deployment).spec?.replicas;
        return replicas === scale.from ? unseen : [`it has ${replicas ?? 0} replicas instead of ${scale.from}`];
      }
      const bounds = hpa === undefined ? undefined : boundsOf(hpa);
      return bounds?.min === scale.from.min && bounds.max === scale.from.max
        ? []
        : [`the bounds of HPA ${scale.name} are not ${scale.from.min} to ${scale.from.max}`];
    }
    case "restart":
      return [];
  }
}
