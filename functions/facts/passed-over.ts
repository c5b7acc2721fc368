import type { Kind } from "../kinds/kind.ts";
import { lastWriter } from "../shared/kubernetes/managed-fields.ts";
import type { Workload } from "../shared/kubernetes/types.ts";

/** How long a controller may take to see a spec, in milliseconds, before it is taken for one that does not run. */
const SEEN_WITHIN_MS = 600_000;

/**
 * When the newest spec of a workload was written, where its controller has had long and has not seen it, as a controller of a custom
 * resource that is not running; undefined where it has seen it, may yet, or nothing tells when that was.
 */
export function passedOverSince(kind: Kind, workload: Workload, now: Date): Date | undefined {
  if (kind.hasSeenSpec(workload)) return undefined;
  const written = lastWriter(workload.metadata, ["spec"])?.at;
  return written !== undefined && now.getTime() - written.getTime() >= SEEN_WITHIN_MS ? written : undefined;
}
