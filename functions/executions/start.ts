import {
  DescribeExecutionCommand,
  ExecutionAlreadyExists,
  SFNClient,
  StartExecutionCommand,
  type DescribeExecutionCommandOutput,
} from "@aws-sdk/client-sfn";
import { RemediationError } from "../shared/errors.ts";
import { CLIENT_OPTIONS, inTime } from "../shared/aws/client-options.ts";
import { refusalOf } from "../shared/aws/refusal.ts";

let client: SFNClient | undefined;

/** An execution that was to be started under a name. */
export interface StartedOnce {
  executionArn: string;
  /** One of that name was there before, with another input or ended; false for the same that still runs. */
  isAlready: boolean;
}

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
 * Starts the workflow in `STATE_MACHINE_ARN` once for each name. The same input under the name of an execution that still runs
 * is answered with that one.
 * Source: the Step Functions API reference, StartExecution
 * @throws RemediationError `WorkflowNotStarted`
 */
export async function startOnce(name: string, request: object): Promise<StartedOnce> {
  const stateMachineArn = process.env["STATE_MACHINE_ARN"] ?? "";
  const executionArn = `${stateMachineArn.replace(":stateMachine:", ":execution:")}:${name}`;
  try {
    client ??= new SFNClient(CLIENT_OPTIONS);
    await client.send(new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(request) }), inTime());
    return { executionArn, isAlready: false };
  } catch (error) {
    if (error instanceof ExecutionAlreadyExists) return { executionArn, isAlready: true };
    const { message, cause } = refusalOf(error);
    throw new RemediationError("WorkflowNotStarted", `The workflow could not be started: ${message}`, { cause });
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
    const { message, cause } = refusalOf(error);
    const text = `Execution ${executionArn} was started and cannot be looked at: ${message}`;
    throw new RemediationError("WorkflowNotStarted", text, { cause });
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
