import type { JsonPatchOperation } from "../shared/cluster/cluster.ts";
import type { EarlierTemplate } from "./revisions/history.ts";

/** Replaces the pod template alone. */
export function replaceTemplate(_object: object, { template }: EarlierTemplate): JsonPatchOperation[] {
  return [{ op: "replace", path: "/spec/template", value: template }];
}
