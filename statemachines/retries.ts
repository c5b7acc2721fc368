import type { ErrorName } from "../functions/shared/errors.ts";

/** One rule of a Task's `Retry`. */
export interface Retry {
  ErrorEquals: readonly string[];
  IntervalSeconds: number;
  MaxAttempts: number;
  BackoffRate: number;
  MaxDelaySeconds: number;
  JitterStrategy: "FULL";
}

/**
 * What Lambda fails with where the same call may well succeed. Source: the Step Functions developer guide, "Handle Lambda
 * service exceptions"; a definition that is written by hand does not get these retries by itself.
 */
const LAMBDA_ERRORS = [
  "Lambda.ServiceException",
  "Lambda.AWSLambdaException",
  "Lambda.SdkClientException",
  "Lambda.TooManyRequestsException",
  "Lambda.Unknown",
  "Lambda.ClientExecutionTimeoutException",
  "Runtime.ExitError",
  "Sandbox.Timedout",
  "States.Timeout",
] as const;

/** What a cluster that is busy, or is being updated, answers with for a while. */
const CLUSTER_ERRORS = ["ClusterUnreachable", "ClusterUnavailable", "ClusterThrottled"] as const satisfies ErrorName[];

/** Pauses double up to a limit. Their length is drawn, so that many executions in the same trouble do not come back at once. */
const PAUSES = { BackoffRate: 2, MaxDelaySeconds: 30, JitterStrategy: "FULL" } as const;
const TRIES = { MaxAttempts: 4, ...PAUSES } as const;

/** How the tries of a task differ from those of every task. */
export interface Tries {
  /** The errors of the step's own after which it helps to try again. */
  own?: readonly ErrorName[] | undefined;
  /** Errors after which one more try is enough, since the schedule asks again anyway. */
  once?: readonly (typeof CLUSTER_ERRORS)[number][] | undefined;
}

/** The retries that every task has. */
export function retries({ own = [], once = [] }: Tries): Retry[] {
  const often = CLUSTER_ERRORS.filter((name) => !once.includes(name));
  return [
    { ErrorEquals: LAMBDA_ERRORS, IntervalSeconds: 2, ...TRIES },
    ...(once.length === 0 ? [] : [{ ErrorEquals: once, IntervalSeconds: 20, MaxAttempts: 1, ...PAUSES }]),
    { ErrorEquals: [...often, ...own], IntervalSeconds: 3, ...TRIES },
  ];
}
