import { ExecutionAlreadyExists, SFNClient, StartExecutionCommand } from "@aws-sdk/client-sfn";
import type { RemediationRequest } from "../run/request.ts";
import { CLIENT_OPTIONS, inTime } from "../shared/aws/client-options.ts";
import { refusalOf } from "../shared/aws/refusal.ts";
import { RemediationError } from "../shared/errors.ts";

/** An execution, and whether it was there before, with another input or ended. */
export interface StartedOnce {
  executionArn: string;
  isAlready: boolean;
}

let client: SFNClient | undefined;

/**
 * Starts the workflow in `STATE_MACHINE_ARN` once for each name. The same request under the name of an execution that still runs
 * is answered with that one.
 * Source: the Step Functions API reference, StartExecution
 * @throws RemediationError `WorkflowNotStarted`
 */
export async function startOnce(name: string, request: RemediationRequest): Promise<StartedOnce> {
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
