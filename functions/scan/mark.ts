import { createHash } from "node:crypto";

/** How long a mark is: many of them stand in one entry of a claim's history. */
const LENGTH = 8;

/** A short mark by which something is known again whose name would be too long to remember. */
export function markOf(name: string): string {
  return createHash("sha256").update(name).digest("hex").slice(0, LENGTH);
}
