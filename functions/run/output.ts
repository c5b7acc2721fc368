import * as z from "zod";
import { WorkloadRef } from "../shared/refs.ts";
import { Outcome, WorkloadResult } from "./contracts.ts";
import { BlindSpot, Resting } from "./detection.ts";

/** What an execution answers that was to do something: its outcomes, and one entry for each workload. New fields may come at any time. */
export const RunOutput = z.looseObject({
  /** One for each workload, or one for the run where there is no workload. */
  outcomes: z.array(Outcome),
  workloads: z.array(z.looseObject(WorkloadResult.shape)),
  cluster_name: z.string().optional(),
  /** Failing workloads that were left for the next run. */
  omitted: z.int().optional(),
  /** Failing workloads whose rollout is under way and still has time. */
  in_rollout: z.array(WorkloadRef).optional(),
  /** Failing workloads that are left alone for now. */
  resting: Resting.optional(),
  /** What could not be looked at. */
  unseen: z.array(BlindSpot).optional(),
  /** What is said of a storm. */
  summary: z.string().optional(),
});
export type RunOutput = z.output<typeof RunOutput>;
