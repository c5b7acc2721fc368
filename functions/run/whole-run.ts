import * as z from "zod";

/** What the execution for one workload is given of the whole run. */
export const WHOLE_RUN = {
  /** When the run found the workload: what others do about it later makes that evidence old. */
  found_at: z.iso.datetime().optional(),
  /** How many workloads the run looks after. Their results have to fit into its output together. */
  workloads: z.int().min(1).optional(),
};
