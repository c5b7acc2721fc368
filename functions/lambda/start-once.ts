import { ExecutionAlreadyExists, SFNClient, StartExecutionCommand } from "@aws-sdk/client-sfn";
import type { RemediationRequest } from "../run/request.ts";
import { CLIENT_OPTIONS, inTime } from "../shared/aws/client-options.ts";
import { refusalOf } from "../shared/aws/refusal.ts";
import { RemediationError } from "../shared/errors.ts";

let client: SFNClient | undefined;

/**
 * Starts the workflow in `STATE_MACHINE_ARN` once for each name. The same request under the name of an execution that still runs
 * is answered with that one, as if it were new; one that has ended, or has another input, is there already.
 * Source: the Step Functions API reference, StartExecution
 * @throws RemediationError `WorkflowNotStarted`
 */
export async function startOnce(
  name: string,
  request: RemediationRequest,
): Promise<{ executionArn: string; isAlready: boolean }> {
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
