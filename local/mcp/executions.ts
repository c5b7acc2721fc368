import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import type { Started, Workflow } from "../../functions/agent/agent.ts";
import type { NotifyEnvironment } from "../../functions/notify/environment.ts";
import type { RemediationRequest } from "../../functions/run/request.ts";
import type { ExecutionState, StartedOnce } from "../../functions/executions/start.ts";
import { RemediationError } from "../../functions/shared/errors.ts";
import { OpenRuns, type Interrupted } from "../command-line/interrupted.ts";
import { startExecution, type Execution, type ExecutionResult } from "../engine/engine.ts";

interface Known {
  request: RemediationRequest;
  execution: Execution;
  runs: OpenRuns;
  ended: ExecutionResult | undefined;
}

/** The executions of a server on one machine, which last as long as it does. */
export class LocalExecutions implements Workflow {
  readonly #known = new Map<string, Known>();
  readonly #environment: NotifyEnvironment;

  constructor(environment: NotifyEnvironment) {
    this.#environment = environment;
  }

  /** As Step Functions does: one execution for each name; the same request is answered with it while it runs. */
  start = (name: string, request: RemediationRequest): Promise<StartedOnce> => {
    const executionArn = `arn:aws:states:local:000000000000:execution:remediation:${name}`;
    const before = this.#known.get(executionArn);
    if (before !== undefined) {
      const isSame = before.ended === undefined && isDeepStrictEqual(before.request, request);
      return Promise.resolve({ executionArn, isAlready: !isSame });
    }
    const runs = new OpenRuns();
    const onEvent = runs.see.bind(runs);
    const execution = startExecution({ input: request, name, environment: this.#environment, onEvent });
    const known: Known = { request, execution, runs, ended: undefined };
    this.#known.set(executionArn, known);
    void execution.result.then((result) => (known.ended = result));
    return Promise.resolve({ executionArn, isAlready: false });
  };

  describe = (arn: string): Promise<ExecutionState> => {
    const known = this.#known.get(arn);
    if (known !== undefined) return Promise.resolve({ ...stateOf(known.ended), input: known.request });
    return Promise.reject(
      new RemediationError("WorkflowNotStarted", `Execution ${arn} is none of this server's: they end with it.`),
    );
  };

  sleep = async (milliseconds: number): Promise<void> => {
    await sleep(milliseconds);
  };

  /** Begins nothing new, waits for the requests that are under way, and releases the claims. @returns what was left behind */
  async stop(): Promise<Interrupted[]> {
    const open = [...this.#known.values()].filter(({ ended }) => ended === undefined);
    for (const { execution } of open) execution.abort();
    const left = open.map(async ({ execution, runs }) => {
      await execution.result;
      return await runs.release(this.#environment);
    });
    return (await Promise.all(left)).flat();
  }
}

function stateOf(ended: ExecutionResult | undefined): { status: Started["status"] } & Partial<ExecutionState> {
  switch (ended?.status) {
    case undefined:
      return { status: "running" };
    case "succeeded":
      return { status: "succeeded", output: ended.output };
    case "failed":
      return { status: "failed", error: { name: ended.error.name, message: ended.error.cause } };
    case "aborted":
      return { status: "aborted" };
  }
}
