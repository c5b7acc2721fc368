import * as z from "zod";
import { ExecutionRef } from "../run/contracts.ts";
import { WorkloadRef } from "../shared/refs.ts";
import { isRemediationError } from "../shared/errors.ts";
import type { EndedExecution } from "./ended-execution.ts";
import type { NotifyEnvironment } from "./environment.ts";
import { parsed } from "../executions/json.ts";
import type { RunFailure } from "./message.ts";

/** What the execution for one workload was started with, as far as it is told of. */
const Started = z.object({
  cluster_name: z.string(),
  execution: ExecutionRef,
  incident: z.object({ workload: WorkloadRef }),
});

/** How the execution for one workload ended alone. */
export interface EndedWorkload extends RunFailure {
  clusterName: string;
}

const STANDS =
  "The run goes on with its other workloads. A remedy that it had begun may still be in place, unverified: its history shows the last step. Its claim expires by itself, and if the workload still fails then, the next run looks at it anew.";

/**
 * Whether it is the execution for one workload, which a run's Map has begun.
 * Source: docs.aws.amazon.com/step-functions, "Using Map state in Distributed mode": the ARN has the label after the machine's name
 */
export function isOfWorkload({ executionArn }: Pick<EndedExecution, "executionArn">): boolean {
  return /:execution:[^:/]+\/[^:]+:/.test(executionArn);
}

/**
 * What to tell of the execution for one workload that ended without success while its run goes on; undefined where it
 * succeeded, or where the whole run has ended, which is told as such.
 */
export async function endedAlone(
  event: EndedExecution,
  environment: NotifyEnvironment,
): Promise<EndedWorkload | undefined> {
  if (event.status === "SUCCEEDED") return undefined;
  const started = Started.safeParse(parsed(event.input)).data;
  if (started !== undefined && !(await goesOn(started.execution, environment))) return undefined;
  const how =
    event.status === "ABORTED"
      ? "Somebody stopped the execution for this workload alone."
      : `The execution for this workload ended early: ${event.status}.`;
  return {
    name: event.status === "ABORTED" ? "Aborted" : (event.error ?? "States.Runtime"),
    text: `${how} ${STANDS}`,
    mayHaveChanged: true,
    clusterName: started?.cluster_name ?? "",
    ...(started === undefined ? {} : { workload: started.incident.workload }),
  };
}

/** Whether the whole run still does. Where nobody knows, it may: better told twice than not at all. */
async function goesOn({ id }: ExecutionRef, { describe }: NotifyEnvironment): Promise<boolean> {
  if (describe === undefined) return true;
  try {
    const { status } = await describe(id);
    return status === undefined || status === "RUNNING";
  } catch (error) {
    if (!isRemediationError(error)) throw error;
    return true;
  }
}
