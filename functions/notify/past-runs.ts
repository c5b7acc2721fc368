import { ListExecutionsCommand, SFNClient, type ListExecutionsCommandOutput } from "@aws-sdk/client-sfn";
import { isScheduled } from "../run/request.ts";
import { CLIENT_OPTIONS, inTime } from "../shared/aws/client-options.ts";
import { within } from "../shared/time-left.ts";
import { describeExecution } from "./describe-execution.ts";
import { parsed } from "./json.ts";
import type { FailedRun, PresentRun } from "./failures-in-a-row.ts";

let client: SFNClient | undefined;

/** How many executions are looked back at: at one a minute, most of a day. What ListExecutions answers at most. */
const LOOK_BACK = 1_000;
/** How many of them are asked what they were started with; of those before, the form of their name tells. */
const DESCRIBED = 16;
/** How long all of it may take, in milliseconds: who cannot be told how often runs failed is told that this one did. */
const PATIENCE_MS = 8_000;

type Listed = NonNullable<ListExecutionsCommandOutput["executions"]>[number];

/**
 * The scheduled runs that failed since the last one that worked and before this one, the latest first, by when they began: one
 * that began before a failure and ends well long after it says nothing of what came in between. Those that still run, timed
 * out or were stopped say nothing.
 * @throws what AWS answers, or an `AbortError` when it takes too long
 */
export async function failedSinceSuccess(present: PresentRun): Promise<FailedRun[]> {
  return await within(PATIENCE_MS, () => lookBack(present));
}

async function lookBack(present: PresentRun): Promise<FailedRun[]> {
  client ??= new SFNClient(CLIENT_OPTIONS);
  const stateMachineArn = present.id.replace(":execution:", ":stateMachine:").replace(/:[^:]+$/, "");
  const { executions = [] } = await client.send(
    new ListExecutionsCommand({ stateMachineArn, maxResults: LOOK_BACK }),
    inTime(),
  );
  const failed: FailedRun[] = [];
  const before = runsBefore(executions, present);
  for (const [index, { executionArn, status, stopDate }] of before.entries()) {
    let error: string | undefined;
    if (index < DESCRIBED) {
      const run = await describeExecution(executionArn ?? "");
      if (!isScheduled(parsed(run.input))) continue;
      ({ error } = run);
    }
    if (status === "SUCCEEDED") break;
    if (status === "FAILED") failed.push({ at: stopDate ?? new Date(0), ...(error === undefined ? {} : { error }) });
  }
  return failed;
}

/**
 * Those that began before this one, had ended by when it did, and are named in the same way, which is that of whoever starts
 * them; the latest to begin first.
 */
export function runsBefore(executions: readonly Listed[], { id, name, stopped = Infinity }: PresentRun): Listed[] {
  const own = executions.find(({ executionArn }) => executionArn === id);
  const since = own === undefined ? Infinity : begun(own);
  return executions
    .filter((run) => run.executionArn !== id && formOf(run.name ?? "") === formOf(name))
    .filter((run) => begun(run) < since && run.stopDate !== undefined && ended(run) <= stopped)
    .sort((a, b) => begun(b) - begun(a));
}

function begun({ startDate }: Listed): number {
  return startDate?.getTime() ?? 0;
}

function ended({ stopDate }: Listed): number {
  return stopDate?.getTime() ?? 0;
}

/** A name with every letter and digit of its identifiers made alike: EventBridge's are two UUIDs, an API call's is one. */
function formOf(name: string): string {
  return name.replaceAll(/[0-9a-f]/gi, "x");
}
