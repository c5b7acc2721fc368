/** What of an execution becomes events of its history. */
export interface HistoryCounts {
  /** States that were entered, without those of executions that it begins. */
  entered: number;
  /** Invocations of functions, each retry one more. */
  invocations: number;
  /** Maps that begin an execution for each item. */
  maps: number;
}

/**
 * How many events Step Functions would write into the history. Source: the HistoryEvent types of its API.
 *
 * - ExecutionStarted and ExecutionSucceeded (or Failed)
 * - …StateEntered and …StateExited for each state
 * - LambdaFunctionScheduled, …Started and …Succeeded (or Failed) for each invocation
 * - MapStateStarted and …Succeeded, MapRunStarted and …Succeeded for each Map, whatever goes on in the executions it begins
 */
export function historyEvents({ entered, invocations, maps }: HistoryCounts): number {
  return 2 + 2 * entered + 3 * invocations + 4 * maps;
}

/** The events of one execution and of those that it begins, counted while they go on. */
export class Histories {
  readonly #run = { entered: 0, invocations: 0, maps: 0 };
  readonly #workloads = new Map<number, { entered: number; invocations: number }>();

  /**
   * Takes note of a state that was entered, or of a call that was tried again.
   * @param iteration which workload it belongs to; undefined for the run itself
   * @param state what kind of state it is
   */
  see(iteration: number | undefined, type: "entered" | "retried", state: "task" | "map" | "other"): void {
    const counts = iteration === undefined ? this.#run : this.#of(iteration);
    if (type === "entered") counts.entered++;
    if (type === "retried" || state === "task") counts.invocations++;
    if (type === "entered" && state === "map") this.#run.maps++;
  }

  /** The states that were entered, by workload. */
  get entered(): ReadonlyMap<number, number> {
    return new Map([...this.#workloads].map(([iteration, { entered }]) => [iteration, entered]));
  }

  /** All states that were entered. */
  get transitions(): number {
    return [...this.#workloads.values()].reduce((sum, { entered }) => sum + entered, this.#run.entered);
  }

  /** The events of the run's own history. */
  get run(): number {
    return historyEvents(this.#run);
  }

  /** The events of the longest history of a workload; 0 where none was begun. */
  get longestOfWorkload(): number {
    return Math.max(0, ...[...this.#workloads.values()].map((counts) => historyEvents({ ...counts, maps: 0 })));
  }

  #of(iteration: number): { entered: number; invocations: number } {
    const counts = this.#workloads.get(iteration) ?? { entered: 0, invocations: 0 };
    this.#workloads.set(iteration, counts);
    return counts;
  }
}
