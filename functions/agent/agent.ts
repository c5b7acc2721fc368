import * as z from "zod";
import { scan } from "../scan/scan.ts";
import { errorText } from "../shared/caught-error.ts";
import { RemediationError } from "../shared/errors.ts";
import type { ExecutionState } from "./executions.ts";
import { Detection } from "../run/detection.ts";
import { parseRequest, type ActionRequest, type RemediationRequest } from "../run/request.ts";
import type { Environment } from "../run/step.ts";

/** What the agent function may use beside the environment of every step. */
export interface Workflow {
  /** Starts an execution once for each name, and answers with its ARN. */
  start: (name: string, request: RemediationRequest) => Promise<string>;
  describe: (executionArn: string) => Promise<ExecutionState>;
  sleep: (milliseconds: number) => Promise<void>;
}

/** One call of the agent function. */
export interface Invocation {
  /** The same for every retry of one call, and no other. */
  id: string;
  remainingMilliseconds: () => number;
}

/** What is answered when the workflow was started. */
export const Started = z.strictObject({
  execution_arn: z.string(),
  /** `running` when it has not ended, or was not waited for. */
  status: z.enum(["running", "succeeded", "failed", "timed_out", "aborted"]),
  /** What the execution answered: its outcomes, and one entry for each workload. */
  output: z.unknown().optional(),
  error: z.strictObject({ name: z.string(), message: z.string() }).optional(),
});
export type Started = z.output<typeof Started>;

/** Everything that the agent function may answer. */
export const AgentAnswer = z.union([Detection, Started]);

/** How long to wait between two looks at an execution, in milliseconds. */
const LOOK_EVERY = 2_000;
/** What is left of the invocation to answer in, in milliseconds. */
const TIME_TO_ANSWER = 5_000;

/**
 * Answers an agent that invokes a function and waits for its JSON: `detect_failures` at once, the other actions by starting
 * the workflow. With `wait: true` it waits for the outcome, for as long as the invocation lasts.
 * @throws RemediationError `InvalidRequest` before anything is touched; `WorkflowNotStarted`; what a scan may throw
 */
export async function answerAgent(
  event: unknown,
  invocation: Invocation,
  environment: Environment,
  workflow: Workflow,
): Promise<Detection | Started> {
  const { request, wait } = parseAgentRequest(event);
  if (request.action === "detect_failures") return await detectFailures(request, environment);
  const executionArn = await workflow.start(`agent-${invocation.id}`, asAgent(request));
  if (!wait) return { execution_arn: executionArn, status: "running" };
  return await outcomeOf(executionArn, invocation, workflow);
}

/** The request, and whether its outcome is waited for. */
function parseAgentRequest(event: unknown): { request: ActionRequest; wait: boolean } {
  const { wait, rest } = withoutWait(event);
  if (typeof wait !== "boolean") {
    throw new RemediationError("InvalidRequest", "The request is refused: wait: must be true or false.");
  }
  const request = parseRequest(rest);
  if (!("action" in request)) {
    throw new RemediationError(
      "InvalidRequest",
      "The request is refused: action: must be given. To detect and remediate everything in scope, start the workflow itself.",
    );
  }
  return { request, wait };
}

/** Whoever invokes this function may do what an agent may, whatever the request says of its origin. */
function asAgent(request: ActionRequest): ActionRequest {
  return request.origin === undefined ? request : { ...request, origin: "agent" };
}

/** Only this function knows the field `wait`; the workflow's own request has none. */
function withoutWait(event: unknown): { wait: unknown; rest: unknown } {
  if (typeof event !== "object" || event === null || Array.isArray(event)) return { wait: false, rest: event };
  const { wait = false, ...rest } = event as Record<string, unknown>;
  return { wait, rest };
}

async function detectFailures(
  { cluster_name, namespace, dry_run }: Extract<ActionRequest, { action: "detect_failures" }>,
  environment: Environment,
): Promise<Detection> {
  return await scan(await environment.connect(cluster_name), {
    clusterName: cluster_name,
    namespace,
    dryRun: dry_run ?? false,
    findingsOnly: true,
    policy: environment.policy(),
    now: environment.now(),
  });
}

async function outcomeOf(executionArn: string, invocation: Invocation, workflow: Workflow): Promise<Started> {
  for (;;) {
    const { status, output, error } = await workflow.describe(executionArn);
    if (status !== "running" || invocation.remainingMilliseconds() < LOOK_EVERY + TIME_TO_ANSWER) {
      return {
        execution_arn: executionArn,
        status,
        ...(output === undefined ? {} : { output }),
        ...(error === undefined
          ? {}
          : { error: { name: error.name, message: errorText({ Error: error.name, Cause: error.message }) } }),
      };
    }
    await workflow.sleep(LOOK_EVERY);
  }
}
