import { kindOf } from "../kinds/kinds.ts";
import type { Pod } from "../shared/kubernetes/types.ts";
import type { Case } from "./case.ts";

/** Whether a pod of an earlier revision would be made anew from the present template. */
export function comesBackUpdated({ evidence: { incident, workload }, current }: Case, pod: Pod): boolean {
  const kind = kindOf(incident.workload);
  if (kind?.history === undefined || kind.history.controlsPods) return false;
  if (workload === undefined || current === undefined || kind.history.isMadeFrom(pod, current.name)) return false;
  return kind.keepsRevision?.(workload, pod) !== true;
}
