import { randomUUID } from "node:crypto";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Connection } from "../../functions/shared/cluster/http-cluster.ts";
import type { WorkloadResult } from "../../functions/run/contracts.ts";
import type { Detection } from "../../functions/run/detection.ts";
import type { Notification } from "../../functions/notify/notification.ts";
import type { Policy } from "../../functions/shared/policy.ts";
import {
  startExecution,
  type ExecutionEvent,
  type ExecutionOptions,
  type ExecutionResult,
  type FunctionName,
} from "../engine/engine.ts";
import { localEnvironment } from "../engine/environment.ts";
import type { SetAtRunTime } from "./set-at-run-time.ts";

/** How one execution went. */
export interface Run {
  result: ExecutionResult;
  /** The results of the workloads, when it succeeded. */
  workloads: WorkloadResult[];
  outcomes: string[];
  /** The findings, when it was asked for nothing else. */
  detection: Detection;
  notifications: Notification[];
  events: ExecutionEvent[];
  /** The names of the states that were entered, in order. */
  states: string[];
}

/** What a run is made with. */
export interface RunOptions extends Pick<ExecutionOptions, "sleep" | "call" | "retryMilliseconds" | "redrive"> {
  /** How each function reaches the cluster. */
  connectionOf: (name: FunctionName) => Connection;
  request: object;
  /** The execution's name; by default one that no other has. */
  name?: string;
  policy: Policy;
  /** The workflow's clock. */
  now: () => Date;
  /** What is set at run time; by default nothing can be. */
  set?: SetAtRunTime | undefined;
  /** Stops the execution, as somebody's StopExecution does. */
  signal?: AbortSignal | undefined;
  /** Called when a state is entered. The workflow's next step reaches the cluster only when the promise has settled. */
  onEntered?: ((state: string) => Promise<void> | undefined) | undefined;
  onEvent?: (event: ExecutionEvent) => void;
}

type Output = Partial<Pick<Run, "workloads" | "outcomes">>;

/** The execution's output; where it was redriven in an iteration of its Map, as that of an execution with this iteration alone. */
function wholeOutput(result: ExecutionResult): Output {
  const output = (result.status === "succeeded" ? result.output : {}) as Output | WorkloadResult;
  return "outcome" in output ? { workloads: [output], outcomes: [output.outcome] } : output;
}

/** Runs the workflow once, and tells how it went. */
export async function runWorkflow(options: RunOptions): Promise<Run> {
  const { connectionOf, request, name = `test-${randomUUID()}`, policy, now, sleep, set } = options;
  const { call, retryMilliseconds, redrive, signal, onEntered, onEvent } = options;
  const notifications: Notification[] = [];
  const events: ExecutionEvent[] = [];
  let meanwhile = Promise.resolve();
  const execution = startExecution({
    input: request,
    name,
    redrive,
    sleep,
    call,
    retryMilliseconds,
    environment: (functionName) => {
      const environment = localEnvironment(connectionOf(functionName), policy, notifications);
      const reached = async () => {
        // The engine tells of a state beside calling its function: by the next turn it has told.
        await nextTurn();
        await meanwhile;
      };
      return {
        ...environment,
        now,
        // What goes with a pod is read as in AWS, and thrown away.
        preserve: () => Promise.resolve(),
        connect: async (clusterName) => {
          await reached();
          return await environment.connect(clusterName);
        },
        ...(set === undefined
          ? {}
          : {
              settings: async (clusterName: string) => (await reached(), set.read(clusterName)),
              fleetStorms: async () => (await reached(), set.fleetStorms(now())),
              fleetPlace: async (sign: string) => (await reached(), set.fleetPlace(sign)),
            }),
      };
    },
    onEvent: (event) => {
      events.push(event);
      onEvent?.(event);
      if (event.type !== "entered") return;
      const started = onEntered?.(event.state);
      if (started !== undefined) meanwhile = Promise.all([meanwhile, started]).then(() => undefined);
    },
  });
  signal?.addEventListener("abort", execution.abort, { once: true });
  const result = await execution.result;
  await meanwhile;
  const output = wholeOutput(result);
  return {
    result,
    workloads: output.workloads ?? [],
    outcomes: output.outcomes ?? [],
    detection: output as unknown as Detection,
    notifications,
    events,
    states: events.filter(({ type }) => type === "entered").map(({ state }) => state),
  };
}
