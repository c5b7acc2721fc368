import * as z from "zod";

/** What one look at a workload shows of how it is for its users, and of where more can be read. For people alone: nothing is decided by it. */
export const Sight = z.strictObject({
  /** When it was looked at: all that is said of it is as of then. */
  at: z.iso.datetime(),
  /** How many of its pods are ready, of whichever revision; absent for what has no number of pods to have. */
  ready: z.int().optional(),
  /** How many it is to have. */
  wanted: z.int().optional(),
  /** Since when too few are available, without a break, where its status tells. */
  unavailable_since: z.string().optional(),
  /** A container of a pod that fails whose log could be read then, and whether it is that of its run before. */
  log: z.strictObject({ pod: z.string(), container: z.string(), previous: z.boolean() }).optional(),
  /** A pod that fails and was there then. */
  pod: z.string().optional(),
});
export type Sight = z.output<typeof Sight>;

/** What a diagnosis saw beside it. */
export const DiagnosedSight = z.strictObject({
  ...Sight.shape,
  /** What the present template has otherwise than the one that is known to have been well, old and new. */
  differences: z.array(z.string()).optional(),
  /** The HPA that scales it, and whether it measures what `kubectl top` shows. */
  hpa: z.strictObject({ name: z.string(), by_resources: z.boolean() }).optional(),
  /** How many of the last lines of the evidence are those of a container's log. */
  log_lines: z.int().optional(),
});
export type DiagnosedSight = z.output<typeof DiagnosedSight>;
