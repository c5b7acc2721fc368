import { timeLeft } from "../time-left.ts";

/**
 * How long a call to AWS may take, for each client: what is dropped on the way ends in time for the step to say so. Three tries
 * of it and the pauses between them are less than a step's own time limit.
 * Source: the AWS SDK for JavaScript, "Configuring request handlers"
 */
export const CLIENT_OPTIONS = {
  requestHandler: { connectionTimeout: 3_000, requestTimeout: 10_000, throwOnRequestTimeout: true },
  maxAttempts: 3,
} as const;

/** For each call: the step's own end is its end too. Alone it would wait for ever for the rest of an answer that has begun. */
export function inTime(): { abortSignal?: AbortSignal } {
  const left = timeLeft();
  return left === Infinity ? {} : { abortSignal: AbortSignal.timeout(Math.max(0, Math.floor(left))) };
}
