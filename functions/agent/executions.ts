import {
  DescribeExecutionCommand,
  ExecutionAlreadyExists,
  SFNClient,
  StartExecutionCommand,
  type DescribeExecutionCommandOutput,
} from "@aws-sdk/client-sfn";
import { RemediationError } from "../shared/errors.ts";
import type { RemediationRequest } from "../run/request.ts";
import { CLIENT_OPTIONS, inTime } from "../shared/aws/client-options.ts";
import { refusalOf } from "../shared/aws/refusal.ts";

let client: SFNClient | undefined;

/** How an execution stands. */
export interface ExecutionState {
  status: "running" | "succeeded" | "failed" | "timed_out" | "aborted";
  /** The request that it was started with. */
  input?: unknown;
  /** What it answered, once it has succeeded. */
  output?: unknown;
  /** Why it ended without success. */
  error?: { name: string; message: string };
}

/**
 * Starts the workflow in `STATE_MACHINE_ARN`. The same name with the same request starts it once.
 * @returns the execution's ARN
 * @throws RemediationError `WorkflowNotStarted`
 */
export async function startExecution(name: string, request: RemediationRequest): Promise<string> {
  const stateMachineArn = process.env["STATE_MACHINE_ARN"];
  try {
    client ??= new SFNClient(CLIENT_OPTIONS);
    const started = await client.send(
      new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(request) }),
      inTime(),
    );
    return started.executionArn ?? "";
  } catch (error) {
    // It was started by an earlier try of the same invocation, and has ended since.
    if (error instanceof ExecutionAlreadyExists) {
      return `${(stateMachineArn ?? "").replace(":stateMachine:", ":execution:")}:${name}`;
    }
    throw new RemediationError("WorkflowNotStarted", `The workflow could not be started: ${refusalOf(error).message}`, {
      cause: refusalOf(error).cause,
    });
  }
}

/** @throws RemediationError `WorkflowNotStarted` when it cannot be described */
export async function describeExecution(executionArn: string): Promise<ExecutionState> {
  try {
    client ??= new SFNClient(CLIENT_OPTIONS);
    const described = await client.send(new DescribeExecutionCommand({ executionArn }), inTime());
    const { input } = described;
    return { ...stateOf(described), ...(input === undefined ? {} : { input: JSON.parse(input) as unknown }) };
  } catch (error) {
    throw new RemediationError(
      "WorkflowNotStarted",
      `Execution ${executionArn} was started and cannot be looked at: ${refusalOf(error).message}`,
      { cause: refusalOf(error).cause },
    );
  }
}

function stateOf({ status, output, error, cause }: DescribeExecutionCommandOutput): ExecutionState {
  switch (status) {
    case "SUCCEEDED":
      return { status: "succeeded", output: output === undefined ? undefined : (JSON.parse(output) as unknown) };
    case "FAILED":
    case "TIMED_OUT":
    case "ABORTED":
      return {
        status: status.toLowerCase() as "failed" | "timed_out" | "aborted",
        ...(error === undefined ? {} : { error: { name: error, message: cause ?? "" } }),
      };
    default:
      return { status: "running" };
  }
}
