import * as z from "zod";
import { Outcome } from "../run/contracts.ts";
import type { Refusal } from "../run/refusals.ts";
import type { DecisionRequest } from "../run/request.ts";
import type { ExecutionState, StartedOnce } from "../executions/start.ts";
import type { ErrorName } from "../shared/errors.ts";

/** What starts executions of the workflow, and looks at them. */
export interface Executions {
  /** Starts the workflow once for each name. @throws RemediationError `WorkflowNotStarted` */
  start(name: string, request: DecisionRequest): Promise<StartedOnce>;
  /** @throws RemediationError `WorkflowNotStarted` */
  describe(executionArn: string): Promise<ExecutionState>;
}

/** What became of a button that was pressed, and the execution that this is about. */
export interface Begun {
  /** `decided`: one before decides it, or has. `too often`: all that a link may start have ended without a decision. */
  status: "started" | "decided" | "too often";
  executionArn: string;
}

/** How many executions one decision by one link may start: each has ended before the next one. */
const MAX_EXECUTIONS = 30;

/** Refusals by which what was proposed is answered for good. All others leave it waiting for its answer. */
const ANSWERED: readonly string[] = ["Declined", "PlanChanged", "ApprovalExpired"] satisfies Refusal[];

/** Errors of executions that may have done something. Those of the workflow's steps end it only before a workload is claimed. */
const PERHAPS_DONE: readonly string[] = ["NotificationFailed", "WorkloadWithoutOutcome"] satisfies ErrorName[];

/** As much of an execution's output as tells whether it decided anything. */
const Output = z.object({
  workloads: z.array(z.object({ outcome: Outcome, action: z.string(), reason: z.string().optional() })),
});

/**
 * Starts an execution for a decision; another one only where that before it has ended and decided nothing. Names count: of two
 * who press at once, both mean the same name, and Step Functions starts one.
 * @throws RemediationError `WorkflowNotStarted`
 */
export async function startDecision(name: string, request: DecisionRequest, executions: Executions): Promise<Begun> {
  for (let number = 1; ; number++) {
    const { executionArn, isAlready } = await executions.start(number === 1 ? name : `${name}-${number}`, request);
    if (!isAlready) return { status: "started", executionArn };
    if (!isUndecided(await executions.describe(executionArn))) return { status: "decided", executionArn };
    if (number === MAX_EXECUTIONS) return { status: "too often", executionArn };
  }
}

/** Whether an execution has ended, has changed nothing for certain, and left the proposal as it was. */
function isUndecided({ status, output, error }: ExecutionState): boolean {
  if (status === "failed") {
    return error !== undefined && !error.name.startsWith("States.") && !PERHAPS_DONE.includes(error.name);
  }
  const { data } = Output.safeParse(output);
  return status === "succeeded" && data !== undefined && data.workloads.every(isHeldBack);
}

function isHeldBack({ outcome, action, reason = "" }: z.output<typeof Output>["workloads"][number]): boolean {
  if (outcome === "Skipped") return !ANSWERED.includes(reason);
  // It could not be claimed, or not be diagnosed.
  return outcome === "Unresolved" && action === "none";
}
