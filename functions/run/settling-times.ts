import * as z from "zod";

/** The times of what was done to a workload, and has to take effect. */
export const SETTLING = {
  /** How long to wait before the first look, in seconds. */
  wait_seconds: z.int().min(1),
  /** When what has not taken effect counts as without effect. */
  deadline: z.iso.datetime(),
  /** When it was done; absent where its step did not answer. */
  done_at: z.iso.datetime().optional(),
};
