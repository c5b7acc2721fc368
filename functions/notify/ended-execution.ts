import * as z from "zod";
import { isRemediationError, type ErrorName } from "../shared/errors.ts";
import { bounded } from "../shared/text.ts";
import type { NotifyEnvironment } from "./environment.ts";
import { parsed } from "../executions/json.ts";
import type { RunFailure } from "./message.ts";

/**
 * What EventBridge tells of an execution that has ended.
 * Source: docs.aws.amazon.com/step-functions, "Step Functions Execution Status Change"
 */
export const EndedExecution = z.object({
  executionArn: z.string(),
  name: z.string(),
  status: z.enum(["SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"]),
  /** When it began, and when it ended, in milliseconds. */
  startDate: z.number().nullish(),
  stopDate: z.number().nullish(),
  /** The execution's input as JSON text; absent when it is large. */
  input: z.string().nullish(),
  error: z.string().nullish(),
  cause: z.string().nullish(),
});
export type EndedExecution = z.output<typeof EndedExecution> & {
  /** Why it could not be read what the event leaves out. */
  unread?: string;
};

/**
 * The event with what it leaves out: input, error and cause, where the state machine's data is encrypted with a key of one's
 * own, and an input that is large.
 * Source: docs.aws.amazon.com/step-functions, "Data at rest encryption in Step Functions"
 */
export async function completed(event: EndedExecution, { describe }: NotifyEnvironment): Promise<EndedExecution> {
  const isWhole = event.input != null && (event.status !== "FAILED" || event.error != null);
  if (isWhole || describe === undefined) return event;
  try {
    const { input, error, cause } = await describe(event.executionArn);
    return { ...event, input: event.input ?? input, error: event.error ?? error, cause: event.cause ?? cause };
  } catch (error) {
    if (!isRemediationError(error)) throw error;
    return { ...event, unread: error.message };
  }
}

/**
 * Errors that end an execution past every Catch of the definition, so that it could not tell anybody itself; and those of a
 * definition that tried to tell and could not, or lacks the outcome of a workload.
 * Source: docs.aws.amazon.com/step-functions, "Handling errors", States.ALL
 */
const UNTOLD: ReadonlySet<string> = new Set([
  "States.Runtime",
  "States.DataLimitExceeded",
  "NotificationFailed",
  "WorkloadWithoutOutcome",
]);

const CHANGES_MAY_STAND =
  "A remedy that it had begun may still be in place, unverified: the execution's Map Run shows the last step of each workload. Its claims expire by themselves.";

/** Told where nobody knows whether the execution has told its error itself: better twice than not at all. */
const UNKNOWN_END = "The execution failed. Its error may have been told already, or not.";

/**
 * The error to tell of an execution that ended without a word of its own; undefined when it has told everyone itself.
 */
export function untoldError({ status, error, cause, unread }: EndedExecution): RunFailure | undefined {
  const more = unread === undefined ? [] : [`More of it could not be read: ${bounded(unread)}`];
  const ended = (name: string, how: string) => {
    return { name, text: [how, CHANGES_MAY_STAND, ...more].join(" "), mayHaveChanged: true };
  };
  switch (status) {
    case "SUCCEEDED":
      return undefined;
    case "ABORTED":
      return ended("Aborted", "Somebody stopped the execution.");
    case "TIMED_OUT":
      return ended("States.Timeout", "The execution took longer than it may.");
    case "FAILED": {
      if (error == null && unread !== undefined) return ended("ExecutionUnreadable" satisfies ErrorName, UNKNOWN_END);
      const name = error ?? "States.Runtime";
      if (!UNTOLD.has(name)) return undefined;
      return ended(name, bounded(cause ?? "It failed without a cause.", 500));
    }
  }
}

/** The request that an ended execution was started with, as far as it can be read. */
export function requestOf({ input }: Pick<EndedExecution, "input">): unknown {
  return parsed(input);
}

/** Errors of Step Functions itself that a call of a function ends with, which has changed nothing by it. */
const OF_A_CALL: readonly string[] = ["States.Timeout", "States.TaskFailed"];

/**
 * Whether an error that was caught is that of a step which looks for what fails, and writes nothing: its own, or that of its
 * function. Step Functions has names of its own for what goes wrong in the midst of everything else.
 */
export function isOfAStep(error: string): boolean {
  return !error.startsWith("States.") || OF_A_CALL.includes(error);
}

/**
 * Errors that end a whole run past every Catch and that the next one meets again as a rule: of its definition, or of how much it
 * carries.
 */
const OF_A_RUN: readonly string[] = ["States.Runtime", "States.DataLimitExceeded"];

/** Whether scheduled runs that end so one after the other are one matter, though no step ended with it. */
export function isOfARun(error: string): boolean {
  return OF_A_RUN.includes(error);
}
