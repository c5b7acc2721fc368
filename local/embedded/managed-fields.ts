import type { ObjectMeta } from "./types.ts";
import { apiTime } from "./clock.ts";

/** Who writes statuses here. */
const MANAGER = "embedded-cluster";

/**
 * The metadata of an object whose status is written now. Of managed fields there is only this: since when the status is
 * as it is, which nothing else tells of StatefulSets and DaemonSets.
 */
export function withStatusTime(metadata: ObjectMeta | undefined, apiVersion: string, now: Date): ObjectMeta {
  const entry = { manager: MANAGER, operation: "Update", apiVersion, subresource: "status", time: apiTime(now) };
  return { ...metadata, managedFields: [entry] };
}
