import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import * as z from "zod";
import { withTools } from "../kinds/switched.ts";
import { scan } from "../scan/scan.ts";
import { errorText } from "../shared/caught-error.ts";
import type { ExecutionState, StartedOnce } from "../executions/start.ts";
import { RemediationError } from "../shared/errors.ts";
import { assertTaken } from "../run/assert-taken.ts";
import { Detection } from "../run/detection.ts";
import { RunOutput } from "../run/output.ts";
import { policyFor } from "../run/policy-for.ts";
import { ActionRequest, ACTIONS, assertObject, noSuchAction, type RemediationRequest } from "../run/request.ts";
import type { Environment } from "../run/step.ts";
import { nextOf } from "./next.ts";

/** What the agent function may use beside the environment of every step. */
export interface Workflow {
  /** Starts an execution once for each name. */
  start: (name: string, request: RemediationRequest) => Promise<StartedOnce>;
  describe: (executionArn: string) => Promise<ExecutionState>;
  sleep: (milliseconds: number) => Promise<void>;
}

/** One call of the agent function. */
export interface Invocation {
  /** The same for every retry of one call, and no other. */
  id: string;
  remainingMilliseconds: () => number;
}

/** What an execution answers: as this version does, or, where another version began it, in its own way. */
const AnyOutput = z.union([RunOutput, z.looseObject({})]);

/** What is answered when the workflow was started. */
export const Started = z.strictObject({
  execution_arn: z.string(),
  /** `running` when it has not ended, or was not waited for. */
  status: z.enum(["running", "succeeded", "failed", "timed_out", "aborted"]),
  /** What the execution answered: its outcomes, and one entry for each workload. */
  output: AnyOutput.optional(),
  error: z.strictObject({ name: z.string(), message: z.string() }).optional(),
  /** What to do next, where something is left to do. */
  next: z.string().optional(),
});
export type Started = z.output<typeof Started>;

/** Everything that the agent function may answer. */
export const AgentAnswer = z.union([Detection, Started]);

/** The ARN of an execution that this function has started. */
const STARTED = /^arn:[\w-]+:states:[\w-]+:\d{12}:execution:[\w+=,.@-]+:agent-[\w-]+$/;

/** How long to wait between two looks at an execution, in milliseconds. */
const LOOK_EVERY = 2_000;
/** What is left of the invocation to answer in, in milliseconds. */
const TIME_TO_ANSWER = 5_000;

/**
 * Answers an agent that invokes a function and waits for its JSON: `detect_failures` and `status` at once, the other actions by
 * starting the workflow. With `wait: true` it waits for the outcome, for as long as the invocation lasts.
 * @throws RemediationError `InvalidRequest` before anything is touched; `WorkflowNotStarted`; what a scan may throw
 */
export async function answerAgent(
  event: unknown,
  invocation: Invocation,
  environment: Environment,
  workflow: Workflow,
): Promise<Detection | Started> {
  const asked = parsed(event);
  if ("execution_arn" in asked) {
    const { execution_arn, wait = false } = asked;
    return wait ? await outcomeOf(execution_arn, invocation, workflow) : await stateOf(execution_arn, workflow);
  }
  const { request, wait = false, key } = asked;
  if (request.action === "detect_failures") return await detectFailures(request, environment);
  // Several requests may come in one invocation.
  const name = key === undefined ? `${invocation.id}-${digestOf(JSON.stringify(request)).slice(0, 8)}` : digestOf(key);
  const { executionArn, isAlready } = await workflow.start(`agent-${name}`, request);
  // What runs is answered for the same request alone; of what has ended, only a look tells what it was.
  const before = key !== undefined && isAlready ? await sameBefore(executionArn, request, workflow) : undefined;
  if (wait) return await outcomeOf(executionArn, invocation, workflow);
  return startedOf(executionArn, before ?? { status: "running" });
}

const KEY_RULE = "must be a text of 1 to 200 characters";

/** What only this function knows of a request; the workflow's own has none of it. */
export const OWN_FIELDS = {
  /** Whether the outcome is waited for, as long as the invocation lasts. */
  wait: z.boolean("must be true or false").optional(),
  /** The same for each try of one request, and no other: the workflow is started for it once within 90 days. */
  idempotency_key: z.string(KEY_RULE).min(1, KEY_RULE).max(200, KEY_RULE).optional(),
};

/** Asks how an execution stands that this function has started. */
export const StatusRequest = z.strictObject({
  action: z.literal("status"),
  execution_arn: z
    .string("must be the execution_arn of an earlier answer")
    .max(256, "must be the execution_arn of an earlier answer")
    .regex(STARTED, "must be the execution_arn of an earlier answer"),
  wait: OWN_FIELDS.wait,
});
type StatusRequest = z.output<typeof StatusRequest>;

/** How an execution stands that was started before under a key. @throws RemediationError `InvalidRequest` when it was for another request */
async function sameBefore(executionArn: string, request: ActionRequest, workflow: Workflow): Promise<ExecutionState> {
  const state = await workflow.describe(executionArn);
  if (isDeepStrictEqual(state.input, request)) return state;
  throw new RemediationError(
    "InvalidRequest",
    "The request is refused: idempotency_key: was used for another request. Use a key of its own for each.",
  );
}

/** The end of an execution's name, which takes few characters. */
function digestOf(key: string): string {
  return createHash("sha256").update(key).digest("hex").slice(0, 32);
}

/** What is asked of this function. @throws RemediationError `InvalidRequest` */
function parsed(event: unknown): { request: ActionRequest; wait?: boolean; key?: string } | StatusRequest {
  assertObject(event);
  const { action }: { action?: unknown } = event;
  if (action === "status") return assertTaken(StatusRequest, event);
  const known = ActionRequest.options.find(({ shape }) => shape.action.value === action);
  if (known === undefined) {
    const otherwise = "To detect and remediate everything in scope, start the workflow itself.";
    throw noSuchAction(action, [...ACTIONS, "status"], otherwise);
  }
  const {
    wait,
    idempotency_key: key,
    ...asked
  } = assertTaken(z.strictObject({ ...known.shape, ...OWN_FIELDS }), event);
  return {
    request: asAgent(ActionRequest.parse(asked)),
    ...(wait === undefined ? {} : { wait }),
    ...(key === undefined ? {} : { key }),
  };
}

/** Whoever invokes this function may do what an agent may, whatever the request says of its origin. */
function asAgent(request: ActionRequest): ActionRequest {
  return request.origin === undefined ? request : { ...request, origin: "agent" };
}

async function detectFailures(
  { cluster_name, namespace, dry_run }: Extract<ActionRequest, { action: "detect_failures" }>,
  environment: Environment,
): Promise<Detection> {
  const clusterName = (await environment.knownAs?.(cluster_name)) ?? cluster_name;
  const cluster = await environment.connect(clusterName);
  const policy = await policyFor(environment, clusterName);
  const options = { clusterName, namespace, dryRun: dry_run ?? false, findingsOnly: true, policy };
  return await withTools(
    () => policy.owners,
    () => scan(cluster, { ...options, now: environment.now() }),
  );
}

/** Waits for the end of an execution, as long as the invocation lasts. */
async function outcomeOf(executionArn: string, invocation: Invocation, workflow: Workflow): Promise<Started> {
  for (;;) {
    const state = await stateOf(executionArn, workflow);
    const isLate = invocation.remainingMilliseconds() < LOOK_EVERY + TIME_TO_ANSWER;
    if (state.status !== "running" || isLate) return state;
    await workflow.sleep(LOOK_EVERY);
  }
}

async function stateOf(executionArn: string, workflow: Workflow): Promise<Started> {
  return startedOf(executionArn, await workflow.describe(executionArn));
}

function startedOf(executionArn: string, { status, output, error }: ExecutionState): Started {
  const read = AnyOutput.safeParse(output);
  const next = nextOf(output);
  return {
    execution_arn: executionArn,
    status,
    ...(read.success ? { output: read.data } : {}),
    ...(error === undefined
      ? {}
      : { error: { name: error.name, message: errorText({ Error: error.name, Cause: error.message }) } }),
    ...(next === undefined ? {} : { next }),
  };
}
