import { DescribeExecutionCommand, SFNClient } from "@aws-sdk/client-sfn";
import { CLIENT_OPTIONS, inTime } from "../shared/aws/client-options.ts";
import { refusalOf } from "../shared/aws/refusal.ts";
import { RemediationError } from "../shared/errors.ts";
import { within } from "../shared/time-left.ts";
import type { Described } from "./runs.ts";

/** How long it may take, in milliseconds: who cannot be told the error is told that it ended. */
const PATIENCE_MS = 8_000;

let client: SFNClient | undefined;

/**
 * Asks Step Functions what an execution was started with, and what it ended with.
 * @throws RemediationError `ExecutionUnreadable`
 */
export async function describeExecution(executionArn: string): Promise<Described> {
  try {
    const asked = (client ??= new SFNClient(CLIENT_OPTIONS));
    const { input, error, cause, output, status } = await within(PATIENCE_MS, () =>
      asked.send(new DescribeExecutionCommand({ executionArn }), inTime()),
    );
    return { input, error, cause, output, status };
  } catch (error) {
    throw new RemediationError("ExecutionUnreadable", refusalOf(error).message, { cause: refusalOf(error).cause });
  }
}
