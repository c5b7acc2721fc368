import { kindOf } from "../../functions/kinds/kinds.ts";
import { readWorkload } from "../../functions/kinds/workloads.ts";
import type { WorkloadRun } from "../../functions/run/contracts.ts";
import type { Reader } from "../../functions/shared/cluster/cluster.ts";
import type { WorkloadRef } from "../../functions/shared/refs.ts";
import { deedOf } from "../../statemachines/by-name.ts";
import type { ExecutionEvent } from "../engine/engine.ts";

/** How many of a workload's pods are ready, and how many it is to have, by its own status and spec. */
export interface Replicas {
  ready: number;
  wanted: number;
}

/** What was read of the workload of one iteration. */
export interface ReplicaReading extends Replicas {
  iteration: number;
  workload: WorkloadRef;
}

interface Watched {
  workload: WorkloadRef;
  last?: Replicas;
}

/**
 * Reads the replicas of the workloads that an execution looks after, from their first step to their last, so that people
 * see them come and go. The workflow itself knows nothing of it.
 */
export class ReplicaWatch {
  readonly #connect: () => Promise<Reader>;
  readonly #onChange: (reading: ReplicaReading) => void;
  readonly #timer: NodeJS.Timeout;
  readonly #watched = new Map<number, Watched>();
  readonly #ended = new Set<number>();
  #reading = false;
  #stopped = false;

  /**
   * @param milliseconds how long after a look the next one begins
   * @param onChange is told of the first look at each workload, and of each that differs from the one before
   */
  constructor(connect: () => Promise<Reader>, milliseconds: number, onChange: (reading: ReplicaReading) => void) {
    this.#connect = connect;
    this.#onChange = onChange;
    this.#timer = setInterval(() => void this.#look(), milliseconds).unref();
  }

  /** Takes note of an event of the execution. */
  see({ type, state, iteration, input }: ExecutionEvent): void {
    if (iteration === undefined || this.#ended.has(iteration)) return;
    if (type === "exited" && deedOf(state) === "release") {
      this.#ended.add(iteration);
      this.#watched.delete(iteration);
      return;
    }
    const workload = (input as Partial<WorkloadRun> | undefined)?.incident?.workload;
    if (workload === undefined || this.#watched.has(iteration) || kindOf(workload) === undefined) return;
    this.#watched.set(iteration, { workload });
    void this.#look();
  }

  /** Looks no more, and tells of nothing that is still being read. */
  stop(): void {
    this.#stopped = true;
    clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    if (this.#reading || this.#stopped) return;
    this.#reading = true;
    // Those that join while others are being read are the next look's.
    await Promise.all([...this.#watched].map(([iteration, watched]) => this.#lookAt(iteration, watched)));
    this.#reading = false;
  }

  async #lookAt(iteration: number, watched: Watched): Promise<void> {
    const { workload, last } = watched;
    const now = await this.#read(workload);
    if (now === undefined || this.#stopped || !this.#watched.has(iteration)) return;
    if (now.ready === last?.ready && now.wanted === last.wanted) return;
    watched.last = now;
    this.#onChange({ iteration, workload, ...now });
  }

  /** Undefined where it cannot be read: then nothing is shown, and whatever is wrong is for the workflow to say. */
  async #read(workload: WorkloadRef): Promise<Replicas | undefined> {
    try {
      const object = await readWorkload(await this.#connect(), workload);
      const kind = kindOf(workload);
      return object === undefined || kind === undefined
        ? undefined
        : { ready: kind.ready(object), wanted: kind.wanted(object) };
    } catch {
      return undefined;
    }
  }
}
