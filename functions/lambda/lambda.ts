import { Logger } from "@aws-lambda-powertools/logger";
import { Tracer } from "@aws-lambda-powertools/tracer";
import { isRemediationError } from "../shared/errors.ts";
import { within } from "../shared/time-left.ts";
import type { Step } from "../run/step.ts";
import { inSession } from "./session.ts";
import { awsEnvironment } from "./environment.ts";

const logger = new Logger();
// A scan makes hundreds of requests; each would become a segment, and tell the API server of the trace.
const tracer = new Tracer({ captureHTTPsRequests: false });

/** What a step has left when it gives up waiting, to say what it waited for. */
const TIME_TO_ANSWER_MS = 2_000;

/** What Lambda tells a function about an invocation. */
export interface InvocationContext {
  functionName: string;
  functionVersion: string;
  invokedFunctionArn: string;
  memoryLimitInMB: string;
  awsRequestId: string;
  /** What whoever invokes it says beside the payload. */
  clientContext?: unknown;
  getRemainingTimeInMillis: () => number;
}

/** A Lambda handler: what the runtime calls. */
export type Handler = (event: unknown, context: InvocationContext) => Promise<unknown>;

/** Makes a step of the workflow a Lambda handler. */
export function lambda(step: Step): Handler {
  return observed(step(awsEnvironment));
}

/**
 * Logs how each invocation ended, and shows it in the trace. Only names and counts are logged: payloads hold what
 * containers said when they ended.
 */
export function observed(run: (event: unknown, context: InvocationContext) => Promise<unknown>): Handler {
  return async (event, context) => {
    logger.addContext(context);
    const subject = subjectOf(event);
    const segment = tracer.isTracingEnabled() ? tracer.getSegment()?.addNewSubsegment("step") : undefined;
    for (const [name, value] of Object.entries(subject)) segment?.addAnnotation(name, value);
    try {
      const result = await within(context.getRemainingTimeInMillis() - TIME_TO_ANSWER_MS, () =>
        inSession(subject["execution"], () => run(event, context)),
      );
      logger.info("done", { ...subject, ...gistOf(result) });
      return result;
    } catch (error) {
      segment?.addError(error as Error);
      // A named error is an answer to the state machine; anything else is a fault, and its stack tells where.
      if (isRemediationError(error) && error.name !== "StepFailed")
        logger.warn(error.message, { ...subject, error: error.name });
      else logger.error("The step met something that it was not made for.", { ...subject, error: error as Error });
      throw error;
    } finally {
      segment?.close();
    }
  };
}

interface Payload {
  cluster_name?: unknown;
  action?: unknown;
  operation?: unknown;
  about?: unknown;
  execution?: { name?: unknown };
  incident?: { workload?: { kind?: unknown; namespace?: unknown; name?: unknown } };
  run?: Payload;
}

/** What an invocation is about, of a payload that may be anything. */
function subjectOf(event: unknown): Record<string, string> {
  if (typeof event !== "object" || event === null) return {};
  const outer = event as Payload;
  const run = outer.run ?? outer;
  const workload = run.incident?.workload;
  return texts({
    operation: outer.operation ?? outer.about ?? outer.action,
    cluster: run.cluster_name,
    execution: run.execution?.name,
    kind: workload?.kind,
    namespace: workload?.namespace,
    workload: workload?.name,
  });
}

/** How a step ended, in its own words for that. */
function gistOf(result: unknown): Record<string, string> {
  if (typeof result !== "object" || result === null) return {};
  const { status, verdict, refusal, outcome, cause, record_error } = result as Record<string, unknown>;
  return texts({ status, verdict, refusal, outcome, cause, record_error });
}

/** The values that are texts, short enough for an annotation. */
function texts(values: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (typeof value === "string" ? [[name, value.slice(0, 200)]] : [])),
  );
}
