import type { Change, UndoVerification, WorkloadRun } from "../run/contracts.ts";
import { describeSize } from "../shared/kubernetes/hpa.ts";
import { hasSize, hasTemplate, presentSize } from "./in-place.ts";
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

function remains(change: Change, state: WorkloadState): string[] {
  const unseen = state.kind.hasSeenSpec(state.workload) ? [] : ["its controller has not seen the newest spec yet"];
  switch (change.kind) {
    case "rollback":
      if (hasTemplate(state, change.before)) return unseen;
      return [`its pod template is not that of revision ${change.before.revision}`, ...unseen];
    case "scale": {
      const { scale } = change;
      const back = hasSize(state, scale, "from");
      if (scale.target === "replicas") {
        return back
          ? unseen
          : [`it is to have ${describeSize(presentSize(state, scale) ?? 0)} instead of ${scale.from}`];
      }
      return back ? [] : [`the bounds of HPA ${scale.name} are not ${describeSize(scale.from)}`];
    }
    case "restart":
      return [];
  }
}
