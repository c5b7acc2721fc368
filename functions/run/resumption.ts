import * as z from "zod";

/** How often a state was tried before, as Step Functions counts its retries. A redriven state was not, it says. */
export const Attempt = z.int().min(0).default(0);

/** How often the execution was redriven, as Step Functions counts it. */
export const Redrive = z.int().min(0).default(0);

/** What the claim of an execution says of where that goes on after it was redriven. */
export const RESUMPTION = {
  /** How often the execution had been redriven when the claim was taken, or taken up again; absent where it never was. */
  redrive: z.int().min(1).optional(),
  /** Where a redriven execution goes on; absent for one that was not stopped. */
  resume: z.enum(["claim", "diagnosis", "look", "verification", "undo", "end"]).optional(),
  /** Since when it goes on: what was begun before has its time anew from then. */
  resumed_at: z.iso.datetime().optional(),
  /** Whether the claim had ended meanwhile, so that nobody knows how the workload was in between. */
  lapsed: z.literal(true).optional(),
};

/** What the execution for one workload is given of the whole run. */
export const WHOLE_RUN = {
  /** When the run found the workload: what others do about it later makes that evidence old. */
  found_at: z.iso.datetime().optional(),
  /** How many workloads the run looks after. Their results have to fit into its output together. */
  workloads: z.int().min(1).optional(),
};
