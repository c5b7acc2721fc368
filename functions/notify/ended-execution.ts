import * as z from "zod";
import { bounded } from "../shared/text.ts";
import type { RunFailure } from "./message.ts";

/**
 * What EventBridge tells of an execution that has ended.
 * Source: docs.aws.amazon.com/step-functions, "Step Functions Execution Status Change"
 */
export const EndedExecution = z.object({
  executionArn: z.string(),
  name: z.string(),
  status: z.enum(["SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"]),
  /** When it ended, in milliseconds. */
  stopDate: z.number().nullish(),
  /** The execution's input as JSON text; absent when it is large. */
  input: z.string().nullish(),
  error: z.string().nullish(),
  cause: z.string().nullish(),
});
export type EndedExecution = z.output<typeof EndedExecution>;

/**
 * Errors that end an execution past every Catch of the definition, so that it could not tell anybody itself; and the one
 * of a definition that tried to tell and could not.
 * Source: docs.aws.amazon.com/step-functions, "Handling errors", States.ALL
 */
const UNTOLD: ReadonlySet<string> = new Set(["States.Runtime", "States.DataLimitExceeded", "NotificationFailed"]);

const CHANGES_MAY_STAND =
  "A remedy that it had begun may still be in place, unverified: the execution's history shows the last step of each workload. Its claims expire by themselves.";

/**
 * The error to tell of an execution that ended without a word of its own; undefined when it has told everyone itself.
 */
export function untoldError({ status, error, cause }: EndedExecution): RunFailure | undefined {
  const ended = (name: string, how: string) => ({ name, text: `${how} ${CHANGES_MAY_STAND}`, mayHaveChanged: true });
  switch (status) {
    case "SUCCEEDED":
      return undefined;
    case "ABORTED":
      return ended("Aborted", "Somebody stopped the execution.");
    case "TIMED_OUT":
      return ended("States.Timeout", "The execution took longer than it may.");
    case "FAILED": {
      const name = error ?? "States.Runtime";
      if (!UNTOLD.has(name)) return undefined;
      return ended(name, bounded(cause ?? "It failed without a cause.", 500));
    }
  }
}

/** The request that an ended execution was started with, as far as it can be read. */
export function requestOf({ input }: EndedExecution): unknown {
  return parsed(input);
}

/** The value of a JSON text; undefined where it is none. */
export function parsed(text: string | null | undefined): unknown {
  try {
    return JSON.parse(text ?? "");
  } catch {
    return undefined;
  }
}
