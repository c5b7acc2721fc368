import { isOlderThan } from "../shared/kubernetes/failures.ts";
import { lastWriter } from "../shared/kubernetes/managed-fields.ts";
import type { ObjectMeta } from "../shared/kubernetes/types.ts";

/** How long people know of what a remedy has left, who were told when that was done, in seconds. */
const KNOWN_SECONDS = 86_400;

/** Since when a field that a remedy has set is as it is, as far as the managed fields tell, and whether people know of that. */
export function leftSince(
  metadata: ObjectMeta | undefined,
  field: readonly string[],
  now: Date,
): { since: string | undefined; isKnown: boolean } {
  const since = lastWriter(metadata, field)?.at.toISOString();
  return { since, isKnown: since !== undefined && !isOlderThan(since, KNOWN_SECONDS, now) };
}
