import * as z from "zod";
import { CaughtError, ExecutionRef, WorkloadRun } from "../run/contracts.ts";
import { Detection, StormMemory } from "../run/detection.ts";
import { Redrive } from "../run/resumption.ts";
import { EndedExecution } from "./ended-execution.ts";

/** What people are to be told about. */
export const NotifyInput = z.discriminatedUnion("about", [
  z.strictObject({ about: z.literal("workload"), redrive: Redrive, run: WorkloadRun }),
  z.strictObject({
    about: z.literal("storm"),
    detection: Detection,
    /** Whether it is remembered that people are told, or the error with which that ended. */
    memory: z.union([StormMemory, CaughtError]),
    execution: ExecutionRef,
  }),
  z.strictObject({ about: z.literal("storm_over"), detection: Detection, execution: ExecutionRef }),
  // What EventBridge tells of an execution that ended.
  z.strictObject({ about: z.literal("execution"), event: EndedExecution }),
  z.strictObject({
    about: z.literal("failure"),
    redrive: Redrive,
    /** The execution's input as it came, which may be anything. */
    request: z.unknown(),
    error: CaughtError,
    execution: ExecutionRef,
  }),
]);
export type NotifyInput = z.output<typeof NotifyInput>;

/** One kind of what people are to be told about. */
export type About<Kind extends NotifyInput["about"]> = Extract<NotifyInput, { about: Kind }>;
