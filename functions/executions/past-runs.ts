import {
  type ExecutionStatus,
  ListExecutionsCommand,
  SFNClient,
  type ListExecutionsCommandOutput,
} from "@aws-sdk/client-sfn";
import * as z from "zod";
import type { ExecutionRef } from "../run/contracts.ts";
import { scheduleOf } from "../run/request.ts";
import { CLIENT_OPTIONS, inTime } from "../shared/aws/client-options.ts";
import { mapConcurrently } from "../shared/concurrency.ts";
import { within } from "../shared/time-left.ts";
import { describeExecution } from "./describe.ts";
import { parsed } from "./json.ts";
import { FORGOTTEN_MS, type FailedRun } from "./failures-in-a-row.ts";
import type { PastRuns, PresentRun } from "./runs.ts";

let client: SFNClient | undefined;

/** How many executions are looked back at. What ListExecutions answers at most. */
const LOOK_BACK = 1_000;
/** How many of them are asked which schedule they are of, and what they ended with: as many as fail in an hour. */
const DESCRIBED = 64;
/** Of how many that worked it is asked whether they are of the schedule. */
const DESCRIBED_WORKING = 8;
/** How many are asked at the same time. */
const CONCURRENCY = 8;
/** How long a list may take, in milliseconds: who cannot be told how often runs failed is told that this one did. */
const PATIENCE_MS = 8_000;

const OnCluster = z.object({ cluster_name: z.string() });

type Listed = NonNullable<ListExecutionsCommandOutput["executions"]>[number];

/**
 * The runs as the list of the state machine's executions shows them. Of those named as the present one is, which is by whoever
 * starts them, the latest are asked what they were started with; where all of these are of the same schedule, so are the others.
 */
export const pastRuns: PastRuns = {
  async failedBefore(present) {
    const near = untilApart(await list(present, "FAILED", LOOK_BACK));
    const asked = near.slice(0, DESCRIBED);
    const runs = await mapConcurrently(asked, CONCURRENCY, async ({ executionArn = "", stopDate }) => {
      const { input, error } = await describeExecution(executionArn);
      return { isOwn: isOf(present, input), run: failedAt(stopDate, error) };
    });
    const own = runs.filter(({ isOwn }) => isOwn).map(({ run }) => run);
    const others = near.slice(DESCRIBED);
    if (own.length < asked.length) return { runs: own, isWhole: others.length === 0 };
    return { runs: [...own, ...others.map(({ stopDate }) => failedAt(stopDate))], isWhole: true };
  },

  async outcomesBefore(present, clusterName) {
    const asked = (await list(present, "SUCCEEDED", LOOK_BACK / 10)).slice(0, DESCRIBED_WORKING);
    const runs = await mapConcurrently(asked, CONCURRENCY, async ({ executionArn = "", stopDate }) => {
      const { input, output } = await describeExecution(executionArn);
      return { request: parsed(input), ended: stopDate ?? new Date(0), output: parsed(output) };
    });
    return runs.filter(({ request }) => OnCluster.safeParse(request).data?.cluster_name === clusterName);
  },

  async workedSince(present, since, stopped) {
    const before = (await list(present, "SUCCEEDED", LOOK_BACK / 10)).filter(
      (run) => begun(run) >= since.getTime() && ended(run) < stopped.getTime(),
    );
    for (const { executionArn = "" } of before.slice(0, DESCRIBED_WORKING)) {
      if (isOf(present, (await describeExecution(executionArn)).input)) return true;
    }
    return false;
  },
};

/** The execution of the same machine that failed last, whoever started it. @throws what AWS answers */
export async function newestFailed(present: ExecutionRef): Promise<string | undefined> {
  // The list knows when they began: one that began earlier may have failed later.
  const failed = await listAll(present, "FAILED", LOOK_BACK / 10);
  return failed.sort((a, b) => ended(b) - ended(a))[0]?.executionArn;
}

/** The executions of the same machine that ended so; the latest to begin first. */
async function listAll({ id }: ExecutionRef, status: ExecutionStatus, most: number): Promise<Listed[]> {
  const asked = (client ??= new SFNClient(CLIENT_OPTIONS));
  const stateMachineArn = id.replace(":execution:", ":stateMachine:").replace(/:[^:]+$/, "");
  const { executions = [] } = await within(PATIENCE_MS, () =>
    asked.send(new ListExecutionsCommand({ stateMachineArn, statusFilter: status, maxResults: most }), inTime()),
  );
  return executions;
}

/** Those of them that are named as the present one is, without that one; the latest to end first. */
async function list(present: ExecutionRef, status: ExecutionStatus, most: number): Promise<Listed[]> {
  const { id, name } = present;
  const executions = await listAll(present, status, most);
  const alike = executions.filter((run) => run.executionArn !== id && formOf(run.name ?? "") === formOf(name));
  return alike.sort((a, b) => ended(b) - ended(a));
}

/** Those before which none ended for so long that what came before has nothing to do with them. */
function untilApart(runs: readonly Listed[]): Listed[] {
  const end = runs.findIndex((run, index) => index > 0 && ended(runs[index - 1] ?? run) - ended(run) >= FORGOTTEN_MS);
  return end === -1 ? [...runs] : runs.slice(0, end);
}

function isOf({ request }: PresentRun, input: string | undefined): boolean {
  return scheduleOf(parsed(input)) === scheduleOf(request);
}

function failedAt(at: Date | undefined, error?: string): FailedRun {
  return { at: at ?? new Date(0), ...(error === undefined ? {} : { error }) };
}

function begun({ startDate }: Listed): number {
  return startDate?.getTime() ?? 0;
}

function ended({ stopDate }: Listed): number {
  return stopDate?.getTime() ?? 0;
}

/** A name with every letter and digit of its identifiers made alike: the schedule's are one with a word before it. */
function formOf(name: string): string {
  return name.replaceAll(/[0-9a-f]/gi, "x");
}
