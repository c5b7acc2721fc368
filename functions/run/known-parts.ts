import * as z from "zod";

/** How many controllers of pods are remembered from one look to the next. */
export const MAX_CONTROLLERS = 10;

/** What one look at a workload has found out, and the next need not look for. */
export const KNOWN_PARTS = {
  /** The HPA that scales the workload; null when none does, and one that is made meanwhile is not looked for. */
  hpa: z.string().nullable(),
  /** The UIDs of some of the controllers that stand between the workload and its pods. */
  controllers: z.array(z.string()).max(MAX_CONTROLLERS),
};
