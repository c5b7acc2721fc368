import type { DaemonSet, StatefulSet, Workload } from "../shared/kubernetes/types.ts";

/** How many pods of a StatefulSet, counted from its lowest ordinal, keep their revision when the template changes. */
export function partitionOf({ spec }: StatefulSet): number {
  return spec?.updateStrategy?.rollingUpdate?.partition ?? 0;
}

/**
 * Whether the workload's controller replaces pods by itself when the template changes. It does not with the strategy
 * `OnDelete`, nor where a StatefulSet's partition holds every pod back: a template that is put in place there changes
 * nothing until somebody acts.
 */
export function rollsOutByItself(kind: string, workload: Workload): boolean {
  switch (kind) {
    case "Deployment":
      return true;
    case "StatefulSet": {
      const { spec } = workload as StatefulSet;
      const partition = partitionOf(workload as StatefulSet);
      return spec?.updateStrategy?.type !== "OnDelete" && (partition === 0 || partition < (spec?.replicas ?? 1));
    }
    case "DaemonSet":
      return (workload as DaemonSet).spec?.updateStrategy?.type !== "OnDelete";
    default:
      // A ReplicaSet's template is only for pods that it has yet to make.
      return false;
  }
}
