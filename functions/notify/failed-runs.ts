import { ListExecutionsCommand, SFNClient, type ListExecutionsCommandOutput } from "@aws-sdk/client-sfn";
import { CLIENT_OPTIONS } from "../shared/aws/client-options.ts";

let client: SFNClient | undefined;

/** How many executions are looked back at: at one a minute, most of a day. */
const LOOK_BACK = 1_000;

/**
 * How many runs in a row have failed right before this one; 0 where that cannot be told. Those that still run say nothing.
 * @param executionArn the run that fails now
 */
export async function failedBefore(executionArn: string): Promise<number> {
  try {
    client ??= new SFNClient(CLIENT_OPTIONS);
    const stateMachineArn = executionArn.replace(":execution:", ":stateMachine:").replace(/:[^:]+$/, "");
    const { executions = [] } = await client.send(
      new ListExecutionsCommand({ stateMachineArn, maxResults: LOOK_BACK }),
    );
    return inARow(executions);
  } catch {
    // Who cannot be told how often it failed is told that it failed.
    return 0;
  }
}

/** How many of the executions, newest first, failed before one did not. */
export function inARow(executions: NonNullable<ListExecutionsCommandOutput["executions"]>): number {
  const over = executions.filter(({ status }) => status !== "RUNNING");
  const works = over.findIndex(({ status }) => status === "SUCCEEDED");
  return works === -1 ? over.length : works;
}

/**
 * Whether people are told of a run's failure after so many before it: of the first, the second, the fourth, the eighth, so that
 * the pauses double while nothing changes.
 */
export function isTold(before: number): boolean {
  return Number.isInteger(Math.log2(before + 1));
}
