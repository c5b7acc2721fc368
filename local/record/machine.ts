import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { DescribeExecutionCommand, SFNClient, StartExecutionCommand } from "@aws-sdk/client-sfn";
import { CLIENT_OPTIONS } from "../../functions/shared/aws/client-options.ts";
import { refusalOf } from "../../functions/shared/aws/refusal.ts";
import { RemediationError } from "../../functions/shared/errors.ts";
import type { ExecutionResult } from "../engine/engine.ts";

const POLL_MS = 3_000;

/**
 * Starts a deployed state machine with a request, and waits for its end.
 * @param arn the state machine's
 * @param started is told the execution's ARN
 * @throws RemediationError `WorkflowNotStarted` with what AWS answers
 */
export async function executeOnMachine(
  arn: string,
  request: object,
  started: (executionArn: string) => void,
): Promise<ExecutionResult> {
  const region = arn.split(":")[3];
  const client = new SFNClient({ ...CLIENT_OPTIONS, ...(region === undefined ? {} : { region }) });
  try {
    const input = JSON.stringify(request);
    const { executionArn = "" } = await client.send(
      new StartExecutionCommand({ stateMachineArn: arn, name: `undo-${randomUUID()}`, input }),
    );
    started(executionArn);
    for (;;) {
      const answer = await client.send(new DescribeExecutionCommand({ executionArn }));
      if (answer.status === "SUCCEEDED") return { status: "succeeded", output: JSON.parse(answer.output ?? "null") };
      if (answer.status !== "RUNNING") {
        const { status = "", error = status, cause = "" } = answer;
        return { status: "failed", error: { name: error, cause } };
      }
      await sleep(POLL_MS);
    }
  } catch (error) {
    const { message, cause } = refusalOf(error);
    throw new RemediationError("WorkflowNotStarted", `The workflow could not be started or followed: ${message}`, {
      cause,
    });
  }
}
