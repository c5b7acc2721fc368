import type { JsonPatchOperation } from "../shared/cluster/cluster.ts";
import type { Workload } from "../shared/kubernetes/types.ts";
import type { EarlierTemplate } from "./revisions/history.ts";

/** Replaces the pod template alone, if the object is as it was read. */
export function replaceTemplate({ metadata }: Workload, { template }: EarlierTemplate): JsonPatchOperation[] {
  return [
    { op: "test", path: "/metadata/resourceVersion", value: metadata?.resourceVersion },
    { op: "replace", path: "/spec/template", value: template },
  ];
}
