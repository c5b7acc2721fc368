import { DescribeExecutionCommand, SFNClient } from "@aws-sdk/client-sfn";
import { CLIENT_OPTIONS } from "../shared/aws/client-options.ts";
import { refusalOf } from "../shared/aws/refusal.ts";
import { RemediationError } from "../shared/errors.ts";
import type { Described } from "./environment.ts";

let client: SFNClient | undefined;

/**
 * Asks Step Functions what an execution was started with, and what it ended with.
 * @throws RemediationError `ExecutionUnreadable`
 */
export async function describeExecution(executionArn: string): Promise<Described> {
  try {
    client ??= new SFNClient(CLIENT_OPTIONS);
    const { input, error, cause, output, status } = await client.send(new DescribeExecutionCommand({ executionArn }));
    return { input, error, cause, output, status };
  } catch (error) {
    throw new RemediationError("ExecutionUnreadable", refusalOf(error).message, { cause: refusalOf(error).cause });
  }
}
