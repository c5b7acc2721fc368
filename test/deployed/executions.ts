import { setTimeout as sleep } from "node:timers/promises";
import {
  DescribeExecutionCommand,
  ListMapRunsCommand,
  paginateGetExecutionHistory,
  paginateListExecutions,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
  type ExecutionListItem,
  type HistoryEvent,
} from "@aws-sdk/client-sfn";
import { inject } from "vitest";
import type { WorkloadResult } from "../../functions/run/contracts.ts";

const client = new SFNClient({});

/** How an execution ended. */
export interface Ended {
  arn: string;
  name: string;
  status: string;
  /** What it was started with. */
  request: unknown;
  /** The results of the workloads, when it succeeded. */
  workloads: WorkloadResult[];
  error: string;
  cause: string;
}

/** Starts the workflow with the AWS SDK, as an agent does. @returns the execution's ARN */
export async function startExecution(request: object): Promise<string> {
  const input = JSON.stringify(request);
  const started = await client.send(
    new StartExecutionCommand({ stateMachineArn: inject("site").StateMachineArn, input }),
  );
  return started.executionArn ?? "";
}

/** Waits until an execution has ended. */
export async function ended(arn: string, seconds = 300): Promise<Ended> {
  const deadline = Date.now() + seconds * 1_000;
  for (;;) {
    const {
      status = "",
      name = "",
      input = "null",
      output,
      error,
      cause,
    } = await client.send(new DescribeExecutionCommand({ executionArn: arn }));
    if (status !== "RUNNING") {
      const { workloads = [] } = JSON.parse(output ?? "{}") as { workloads?: WorkloadResult[] };
      return {
        arn,
        name,
        status,
        request: JSON.parse(input) as unknown,
        workloads,
        error: error ?? "",
        cause: cause ?? "",
      };
    }
    if (Date.now() > deadline) throw new Error(`Execution ${arn} still runs after ${seconds} s.`);
    await sleep(500);
  }
}

/** Starts the workflow and waits for its end. */
export async function execute(request: object): Promise<Ended> {
  return await ended(await startExecution(request));
}

/** Stops an execution, as a person does in the console. */
export async function stop(executionArn: string): Promise<void> {
  await client.send(new StopExecutionCommand({ executionArn }));
}

/** Everything that the histories of an execution, and of those of its workloads, say. */
export async function historyOf(executionArn: string): Promise<HistoryEvent[]> {
  const workloads = await executionsOfWorkloads(executionArn);
  const all = [executionArn, ...workloads.map(({ executionArn: arn = "" }) => arn)];
  return (await Promise.all(all.map(eventsOf))).flat();
}

/** The executions that an execution has begun, one a workload. */
export async function executionsOfWorkloads(executionArn: string): Promise<ExecutionListItem[]> {
  const { mapRuns = [] } = await client.send(new ListMapRunsCommand({ executionArn }));
  const lists = mapRuns.map(async ({ mapRunArn }) => {
    const executions: ExecutionListItem[] = [];
    for await (const page of paginateListExecutions({ client }, { mapRunArn }))
      executions.push(...(page.executions ?? []));
    return executions;
  });
  return (await Promise.all(lists)).flat();
}

async function eventsOf(executionArn: string): Promise<HistoryEvent[]> {
  const events: HistoryEvent[] = [];
  for await (const page of paginateGetExecutionHistory({ client }, { executionArn }))
    events.push(...(page.events ?? []));
  return events;
}

/** The names of the errors that tasks of the execution, and of those of its workloads, ended with. */
export async function taskErrors(executionArn: string): Promise<string[]> {
  const events = await historyOf(executionArn);
  return events.flatMap(({ taskFailedEventDetails: task, lambdaFunctionFailedEventDetails: lambda }) => {
    const error = task?.error ?? lambda?.error;
    return error === undefined ? [] : [error];
  });
}

/** Every execution of the state machine. */
export async function allExecutions(): Promise<ExecutionListItem[]> {
  const { StateMachineArn: stateMachineArn } = inject("site");
  const executions: ExecutionListItem[] = [];
  for await (const page of paginateListExecutions({ client }, { stateMachineArn })) {
    executions.push(...(page.executions ?? []));
  }
  return executions;
}

/** The ARNs of the executions whose input names that namespace. */
export async function executionsAbout(namespace: string): Promise<string[]> {
  const described = (await allExecutions()).map(async ({ executionArn = "" }) => {
    const { input = "" } = await client.send(new DescribeExecutionCommand({ executionArn }));
    return input.includes(`"${namespace}"`) ? [executionArn] : [];
  });
  return (await Promise.all(described)).flat();
}

/** Everything that can be read of an execution, and of those of its workloads, as JSON text. */
export async function describeFully(executionArn: string): Promise<string> {
  const workloads = await executionsOfWorkloads(executionArn);
  const all = [executionArn, ...workloads.map(({ executionArn: arn = "" }) => arn)];
  const descriptions = all.map((arn) => client.send(new DescribeExecutionCommand({ executionArn: arn })));
  return JSON.stringify([await Promise.all(descriptions), await historyOf(executionArn)]);
}

/** What the execution of each workload was started with. */
export async function inputsOfWorkloads(executionArn: string): Promise<unknown[]> {
  const described = (await executionsOfWorkloads(executionArn)).map(async ({ executionArn: arn }) => {
    const { input = "null" } = await client.send(new DescribeExecutionCommand({ executionArn: arn }));
    return JSON.parse(input) as unknown;
  });
  return await Promise.all(described);
}
