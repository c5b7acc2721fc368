import type { ObjectMeta } from "./types.ts";

/** Whether a controller has seen an object's newest spec; its status tells of an earlier one until then. */
export function hasSeenSpec(object: { metadata?: ObjectMeta; status?: { observedGeneration?: number } }): boolean {
  return (object.status?.observedGeneration ?? 0) >= (object.metadata?.generation ?? 0);
}
