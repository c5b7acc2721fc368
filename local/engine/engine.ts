import { readFileSync } from "node:fs";
import { setImmediate as nextTurn } from "node:timers/promises";
import {
  ExecutionAbortedError,
  ExecutionError,
  StateMachine,
  type RunOptions,
  type StateMachineDefinition,
} from "aws-local-stepfunctions";
import { diagnose } from "../../functions/classify/handler.ts";
import { claim } from "../../functions/claim/handler.ts";
import { detect } from "../../functions/detect/handler.ts";
import { notify } from "../../functions/notify/handler.ts";
import { ALL_REMEDIES } from "../../functions/remedies/remedies.ts";
import type { Action } from "../../functions/remedies/remedy.ts";
import { remedyStep } from "../../functions/remedies/step.ts";
import type { NotifyEnvironment } from "../../functions/notify/environment.ts";
import type { Step } from "../../functions/run/step.ts";
import { verifyWorkload } from "../../functions/verify/handler.ts";
import { placeholderOf } from "../../statemachines/placeholder.ts";
import { Calls } from "./calls.ts";
import { Attempts, withoutRetryCount } from "./attempts.ts";
import { startingAt } from "./starting-at.ts";
import { readPath } from "../scenarios/read-path.ts";

/** The workflow's definition, the same file that is deployed. */
export const DEFINITION_FILE = new URL("../../statemachines/remediation.asl.json", import.meta.url);

/** The functions of the workflow. */
const FUNCTIONS = new Map<FunctionName, Step<NotifyEnvironment>>([
  ["detect", detect],
  ["classify", diagnose],
  ["claim", claim],
  ...ALL_REMEDIES.map((remedy): [FunctionName, Step<NotifyEnvironment>] => [remedy.action, remedyStep(remedy)]),
  ["verify", verifyWorkload],
  ["notify", notify],
]);

/** The function that each placeholder of the definition stands for. */
const BY_PLACEHOLDER = new Map([...FUNCTIONS.keys()].map((name) => [placeholderOf(name), name]));

/** The step behind each placeholder of the definition. */
export const STEPS: Readonly<Record<string, Step<NotifyEnvironment>>> = Object.fromEntries(
  [...FUNCTIONS].map(([name, step]) => [placeholderOf(name), step]),
);

/** Something that happened in an execution. */
export interface ExecutionEvent {
  type: "entered" | "exited" | "retried" | "caught" | "failed";
  state: string;
  /** Which workload it belongs to, of those that the Map has begun with, counted from 0; undefined for the run itself. */
  iteration: number | undefined;
  input: unknown;
  output: unknown;
  /** The error's name, when the state failed, was retried or caught. */
  error: { name: string; message: string } | undefined;
}

export type ExecutionResult =
  | { status: "succeeded"; output: unknown }
  | { status: "failed"; error: { name: string; cause: string } }
  | { status: "aborted" };

export interface Execution {
  result: Promise<ExecutionResult>;
  /**
   * Stops before the next state. The result comes when the calls that are under way have ended; events tell what they
   * did.
   */
  abort: () => void;
}

/** A function of the workflow, by the name of its folder. */
export type FunctionName = "detect" | "classify" | "claim" | "verify" | "notify" | Action;

/** One call of a function by a Task state; a retry is a call of its own. */
export interface FunctionCall {
  state: string;
  functionName: FunctionName;
  environment: NotifyEnvironment;
  /** What the state hands to the function. */
  input: unknown;
}

export interface ExecutionOptions {
  input: unknown;
  name: string;
  /** Goes on from a state of another execution of that name that was stopped, as a redrive does. */
  redrive?: Redrive | undefined;
  /** The environment of every function, or of each its own. */
  environment: NotifyEnvironment | ((name: FunctionName) => NotifyEnvironment);
  /** Waits for a Wait state, where time is not the machine's; the engine's own waiting by default. */
  sleep?: ((seconds: number) => Promise<void>) | undefined;
  /** Stands between the states and their functions: `handle` is the function, in the environment that it is given. */
  call?:
    | ((call: FunctionCall, handle: (environment: NotifyEnvironment) => Promise<unknown>) => Promise<unknown>)
    | undefined;
  /** How long a state waits before each retry, in milliseconds; what the definition says by default. */
  retryMilliseconds?: number | undefined;
  onEvent?: (event: ExecutionEvent) => void;
}

/** Where an execution goes on that was stopped. */
export interface Redrive {
  /** The state that was stopped, with the input that it had; for one of the Map, that of its iteration. */
  state: string;
  input: unknown;
  /** How often the execution has been redriven, this time included. */
  count: number;
}

interface Definition extends StateMachineDefinition {
  States: Record<string, StateMachineDefinition["States"][string]>;
}

/** Reads the definition with each function placeholder replaced by an ARN that names the function. */
export function loadDefinition(): Definition {
  const text = readFileSync(DEFINITION_FILE, "utf8").replace(/\$\{(\w+)\}/g, (_whole, name: string) => arnFor(name));
  return JSON.parse(text) as Definition;
}

/** Runs the workflow once, in this process. */
export function startExecution(options: ExecutionOptions): Execution {
  const { name, redrive, sleep, retryMilliseconds, onEvent } = options;
  const { input } = redrive ?? options;
  const whole = withoutRetryCount(loadDefinition());
  const runnable = redrive === undefined ? whole : (startingAt(redrive.state, whole) as Definition);
  const definition = sleep === undefined ? runnable : withTasksThatWait(runnable);
  const machine = new StateMachine(definition, { validationOptions: { checkPaths: false } });
  const calls = new Calls();
  const iterations = new Map<string, number>();
  const see = (event: ExecutionEvent) => {
    const workload = workloadKey(event.input);
    if (workload !== undefined && event.iteration !== undefined) iterations.set(workload, event.iteration);
    onEvent?.(event);
  };
  const seeLate = (event: ExecutionEvent) => {
    onEvent?.({ ...event, iteration: iterations.get(workloadKey(event.input) ?? "") });
  };
  const handlers = localHandlers(definition, { ...options, calls, seeLate });
  const retryIntervals = Object.keys(handlers).map((state) => [state, retryMilliseconds] as const);
  const execution = machine.run(input as never, {
    overrides: {
      taskResourceLocalHandlers: handlers,
      ...(retryMilliseconds === undefined
        ? {}
        : { retryIntervalOverrides: Object.fromEntries(retryIntervals) as Record<string, number> }),
    },
    context: {
      Execution: {
        Id: `arn:aws:states:local:000000000000:execution:remediation:${name}`,
        Name: name,
        RedriveCount: redrive?.count ?? 0,
      },
    },
  });
  const observed = observe(execution.eventLogs, see);
  return {
    abort: () => {
      calls.end();
      execution.abort();
    },
    result: settle(execution.result).then(async (result) => {
      if (result.status === "aborted") {
        await calls.settled();
        await nextTurn();
      } else await observed;
      return result;
    }),
  };
}

/** Which workload a state's input is about. */
function workloadKey(input: unknown): string | undefined {
  const { incident } = (input ?? {}) as { incident?: { workload?: object } };
  return incident?.workload === undefined ? undefined : JSON.stringify(incident.workload);
}

interface WaitState {
  Type: "Wait";
  Seconds?: number;
  SecondsPath?: string;
  Next: string;
}

/**
 * The definition with each Wait state replaced by a task that waits: the engine knows the machine's time only.
 */
function withTasksThatWait(definition: Definition): Definition {
  const replaced = (state: object): object => {
    if (isMap(state)) return { ...state, ItemProcessor: withTasksThatWait(state.ItemProcessor) };
    if (!isWait(state)) return state;
    const { Seconds = 0, SecondsPath = `${Seconds}`, Next } = state;
    return { Type: "Task", Resource: arnFor(`${WAIT}${SecondsPath}`), ResultPath: null, Next };
  };
  const states = Object.entries(definition.States).map(([name, state]) => [name, replaced(state)] as const);
  return { ...definition, States: Object.fromEntries(states) as Definition["States"] };
}

/** How the names of tasks that wait begin; the path of the seconds follows. */
const WAIT = "wait/";

function isMap(state: object): state is { ItemProcessor: Definition } {
  return "ItemProcessor" in state;
}

function isWait(state: object): state is WaitState {
  return "Type" in state && state.Type === "Wait";
}

function waiterFor(name: string, sleep: (seconds: number) => Promise<void>): Handlers[string] {
  const path = name.slice(WAIT.length);
  return async (input) => {
    await sleep(Number(path.startsWith("$.") ? readPath(input, path.slice(2)) : path));
    return null;
  };
}

async function settle(result: Promise<unknown>): Promise<ExecutionResult> {
  try {
    return { status: "succeeded", output: await result };
  } catch (error) {
    if (error instanceof ExecutionAbortedError) return { status: "aborted" };
    const cause = error instanceof ExecutionError && error.cause instanceof Error ? error.cause : (error as Error);
    return { status: "failed", error: { name: cause.name, cause: cause.message } };
  }
}

async function observe(events: AsyncIterable<unknown>, onEvent: ExecutionOptions["onEvent"]): Promise<void> {
  for await (const event of events as AsyncIterable<EngineEvent>) {
    const type = EVENT_TYPES[event.type];
    if (type === undefined || event.state === undefined) continue;
    onEvent?.({
      type,
      state: event.state.name,
      iteration: event.index,
      input: event.state.input,
      output: event.state.output,
      error: event.Error === undefined ? undefined : { name: event.Error, message: String(event.Cause) },
    });
  }
}

/** The engine's events, as far as they are used. */
interface EngineEvent {
  type: string;
  index?: number;
  state?: { name: string; input: unknown; output?: unknown };
  Error?: string;
  Cause?: unknown;
}

const EVENT_TYPES: Partial<Record<string, ExecutionEvent["type"]>> = {
  StateEntered: "entered",
  StateExited: "exited",
  StateRetried: "retried",
  StateCaught: "caught",
  StateFailed: "failed",
};

type Handlers = NonNullable<NonNullable<RunOptions["overrides"]>["taskResourceLocalHandlers"]>;

interface Surroundings extends Pick<ExecutionOptions, "environment" | "sleep" | "call"> {
  calls: Calls;
  /** Is told how a call ended that the aborted engine does not wait for. The iteration is not known. */
  seeLate: (event: ExecutionEvent) => void;
}

/** A Task state, as far as its handler needs it. */
interface Task {
  name: string;
  Resource: string;
  ResultPath?: string | null;
}

/** The handler for each Task state, Map iterations included, found by the ARN in its `Resource`. */
function localHandlers(definition: Definition, surroundings: Surroundings): Handlers {
  const handlers: Handlers = {};
  for (const [name, state] of Object.entries(definition.States)) {
    if (state.Type === "Task") handlers[name] = handlerFor({ ...state, name }, surroundings);
    if (state.Type === "Map" && state.ItemProcessor !== undefined) {
      Object.assign(handlers, localHandlers(state.ItemProcessor as Definition, surroundings));
    }
  }
  return handlers;
}

function handlerFor(task: Task, { environment, sleep, call, calls, seeLate }: Surroundings): Handlers[string] {
  const name = task.Resource.split(":").at(-1) ?? "";
  if (sleep !== undefined && name.startsWith(WAIT)) return waiterFor(name, sleep);
  const step = STEPS[name];
  const functionName = BY_PLACEHOLDER.get(name);
  if (step === undefined || functionName === undefined) {
    throw new Error(`The definition calls ${task.Resource}, which is none of the workflow's functions.`);
  }
  const own = typeof environment === "function" ? environment(functionName) : environment;
  const attempts = new Attempts();
  return async (input) => {
    const filled = attempts.fill(input);
    const handle = (within: NotifyEnvironment) => step(within)(filled);
    try {
      const answer = await calls.make(
        () => call?.({ state: task.name, functionName, environment: own, input }, handle) ?? handle(own),
      );
      if (calls.ended) seeLate(late(task, input, answer));
      return answer as never;
    } catch (error) {
      const failure = asLambdaError(error);
      if (calls.ended) seeLate({ ...late(task, input, undefined), type: "failed", error: failure });
      throw failure;
    }
  };
}

/** What the engine would have told of a call. */
function late({ name, ResultPath }: Task, payload: unknown, answer: unknown): ExecutionEvent {
  const { run = payload } = payload as { run?: unknown };
  const output = typeof ResultPath === "string" ? { ...(run as object), [ResultPath.slice(2)]: answer } : answer;
  return { type: "exited", state: name, iteration: undefined, input: run, output, error: undefined };
}

/** Lambda hands an error on as JSON with its type and message; so the workflow sees the same here. */
function asLambdaError(error: unknown): Error {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  const wrapped = new Error(JSON.stringify({ errorType: name, errorMessage: message }), { cause: error });
  wrapped.name = name;
  return wrapped;
}

function arnFor(placeholder: string): string {
  return `arn:aws:lambda:us-east-1:000000000000:function:${placeholder}`;
}
