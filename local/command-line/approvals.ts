import * as z from "zod";
import { describeWorkload } from "../../functions/kinds/workloads.ts";
import { WorkloadResult } from "../../functions/run/contracts.ts";
import type { DecisionRequest } from "../../functions/run/request.ts";
import type { ExecutionResult } from "../engine/engine.ts";
import { EXIT } from "./exit.ts";
import { exitCode } from "./summary.ts";

/** As much of an execution's output as tells what waits for an answer. */
const Output = z.looseObject({ workloads: z.array(WorkloadResult) });

/** How somebody is asked, and what they approve is carried out. */
export interface Approving {
  /** Whether somebody says yes. */
  ask(question: string): Promise<boolean>;
  execute(request: Omit<DecisionRequest, "cluster_name">): Promise<ExecutionResult>;
  /** Whether nothing more is to be asked or begun. */
  isInterrupted(): boolean;
}

/** Whether an execution, a dry run too, came to what somebody has to approve. */
export function hasProposals(result: ExecutionResult): boolean {
  return workloadsOf(result).some(({ reason }) => reason === "ApprovalNeeded");
}

/**
 * Asks for each plan that waits for an answer whether it is approved, and has it carried out then, one after the other. What is
 * not approved goes on waiting.
 * @returns what the process exits with
 */
export async function approveEach(result: ExecutionResult, approving: Approving): Promise<number> {
  const codes: number[] = [];
  const others = [];
  for (const workload of workloadsOf(result)) {
    const request = approvalOf(workload);
    if (request === undefined || approving.isInterrupted()) {
      others.push(workload);
      continue;
    }
    const isApproved = await approving.ask(`${questionOf(workload)} Approve this plan?`);
    if (isApproved && !approving.isInterrupted()) codes.push(exitCode(await approving.execute(request)));
    else others.push(workload);
  }
  if (approving.isInterrupted()) return EXIT.interrupted;
  return worst([...codes, exitCode(withWorkloads(result, others))]);
}

function workloadsOf(result: ExecutionResult): WorkloadResult[] {
  return result.status === "succeeded" ? (Output.safeParse(result.output).data?.workloads ?? []) : [];
}

function withWorkloads(result: ExecutionResult, workloads: WorkloadResult[]): ExecutionResult {
  const { data } = Output.safeParse(result.status === "succeeded" ? result.output : undefined);
  return result.status === "succeeded" && data !== undefined ? { ...result, output: { ...data, workloads } } : result;
}

/** The request that approves what is proposed of a workload; undefined where nothing is. */
function approvalOf({
  workload,
  plan,
  valid_until,
}: WorkloadResult): Omit<DecisionRequest, "cluster_name"> | undefined {
  if (workload === undefined || plan === undefined || valid_until === undefined) return undefined;
  const { kind, namespace, name } = workload;
  return { action: "approve", namespace, kind, name, plan, origin: "person" };
}

function questionOf({ workload, summary }: WorkloadResult): string {
  return workload === undefined ? summary : `${describeWorkload(workload)}: ${summary}`;
}

/** An error weighs most, and then that a person is needed. */
function worst(codes: readonly number[]): number {
  const order: readonly number[] = [EXIT.interrupted, EXIT.error, EXIT.needsPerson];
  return order.find((code) => codes.includes(code)) ?? EXIT.nothingToDo;
}
