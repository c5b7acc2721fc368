import { kindOf } from "../kinds/kinds.ts";
import type { Case } from "./case.ts";

/** Whether pods of an earlier revision are still to be replaced; not those that its partition or its strategy keeps as they are. */
export function isStuck({ evidence: { incident, workload, pods }, revisions, current }: Case): boolean {
  const kind = kindOf(incident.workload);
  if (workload === undefined || kind?.rollsOutByItself(workload) !== true) return false;
  return revisions
    .filter((revision) => revision !== current && revision.replicas > 0)
    .some(({ name }) => {
      const own = pods.filter((pod) => kind.history?.isMadeFrom(pod, name) === true);
      return own.length === 0 || own.some((pod) => kind.keepsRevision?.(workload, pod) !== true);
    });
}
