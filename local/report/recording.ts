import type { Notification } from "../../functions/notify/notification.ts";
import type { ExecutionEvent, ExecutionResult } from "../engine/engine.ts";
import type { ReplicaReading } from "../live/replicas.ts";

/** An event of an execution, and when it happened. */
export interface RecordedEvent extends ExecutionEvent {
  at: Date;
}

/** The replicas of a workload, and since when they were so. */
export interface RecordedReading extends ReplicaReading {
  at: Date;
}

/** What was played, where a run is part of a scenario. */
export interface Played {
  /** The scenario's name. */
  scenario: string;
  /** What happens in it, in one sentence. */
  summary: string;
  /** Which of its runs this is, from 0. */
  index: number;
}

/** All that a report is made from. */
export interface Recording {
  clusterName: string;
  /** Absent for a run on a cluster of the user's. */
  played?: Played;
  /** When the first of the events happened. */
  began: Date;
  ended: Date;
  result: ExecutionResult;
  events: readonly RecordedEvent[];
  /** The replicas of each workload, whenever they changed. */
  readings: readonly RecordedReading[];
  notifications: readonly Notification[];
}

/** Takes down the events of one execution. */
export class Recorder {
  readonly #now: () => Date;
  readonly #events: RecordedEvent[] = [];
  readonly #readings: RecordedReading[] = [];

  /** @param now the clock of the cluster */
  constructor(now: () => Date) {
    this.#now = now;
  }

  see(event: ExecutionEvent): void {
    this.#events.push({ ...event, at: this.#now() });
  }

  count(reading: ReplicaReading): void {
    this.#readings.push({ ...reading, at: this.#now() });
  }

  /** The recording of the execution that has ended so. */
  finish(
    clusterName: string,
    result: ExecutionResult,
    notifications: readonly Notification[],
    played?: Played,
  ): Recording {
    const ended = this.#now();
    return {
      clusterName,
      ...(played === undefined ? {} : { played }),
      began: this.#events[0]?.at ?? ended,
      ended,
      result,
      events: this.#events,
      readings: this.#readings,
      notifications,
    };
  }
}
