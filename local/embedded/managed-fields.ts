import type { ObjectMeta } from "./types.ts";
import { apiTime } from "./clock.ts";

/** Who writes statuses here. */
const MANAGER = "embedded-cluster";

/** What of an object may be written apart from the rest. */
type Subresource = "status" | "scale";

/**
 * The metadata of an object of which that part is written now. Of managed fields there is only this: since when the status
 * is as it is, which nothing else tells of StatefulSets and DaemonSets, and since when the scale.
 */
export function withTimeOf(
  part: Subresource,
  metadata: ObjectMeta | undefined,
  apiVersion: string,
  now: Date,
): ObjectMeta {
  const others = (metadata?.managedFields ?? []).filter(({ subresource }) => subresource !== part);
  const entry = { manager: MANAGER, operation: "Update", apiVersion, subresource: part, time: apiTime(now) };
  return { ...metadata, managedFields: [...others, entry] };
}
