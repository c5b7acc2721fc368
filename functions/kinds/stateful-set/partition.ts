import type { StatefulSet } from "../../shared/kubernetes/types.ts";

/** How many pods, counted from the lowest ordinal, keep their revision when the template changes. */
export function partitionOf({ spec }: StatefulSet): number {
  return spec?.updateStrategy?.rollingUpdate?.partition ?? 0;
}
