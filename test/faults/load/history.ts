/** What of an execution becomes events of its history. */
export interface HistoryCounts {
  /** States that were entered, those of iterations included. */
  entered: number;
  /** Invocations of functions, each retry one more. */
  invocations: number;
  maps: number;
  iterations: number;
}

/**
 * How many events Step Functions would write into the history. Source: the HistoryEvent types of its API.
 *
 * - ExecutionStarted and ExecutionSucceeded (or Failed)
 * - …StateEntered and …StateExited for each state
 * - LambdaFunctionScheduled, …Started and …Succeeded (or Failed) for each invocation
 * - MapStateStarted and …Succeeded for each Map, MapIterationStarted and …Succeeded for each iteration
 */
export function historyEvents({ entered, invocations, maps, iterations }: HistoryCounts): number {
  return 2 + 2 * entered + 3 * invocations + 2 * maps + 2 * iterations;
}
