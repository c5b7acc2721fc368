import type { Notification } from "../../functions/shared/notification.ts";
import type { ExecutionEvent, ExecutionResult } from "../engine.ts";

/** An event of an execution, and when it happened. */
export interface RecordedEvent extends ExecutionEvent {
  at: Date;
}

/** All that a report is made from. */
export interface Recording {
  clusterName: string;
  /** What the run was asked for, in words; absent for a plain scan. */
  title?: string;
  began: Date;
  ended: Date;
  result: ExecutionResult;
  events: readonly RecordedEvent[];
  notifications: readonly Notification[];
}

/** Takes down the events of one execution. */
export class Recorder {
  readonly #now: () => Date;
  readonly #began: Date;
  readonly #events: RecordedEvent[] = [];

  constructor(now: () => Date) {
    this.#now = now;
    this.#began = now();
  }

  see(event: ExecutionEvent): void {
    this.#events.push({ ...event, at: this.#now() });
  }

  /** The recording of the execution that has ended so. */
  finish(
    clusterName: string,
    result: ExecutionResult,
    notifications: readonly Notification[],
    title?: string,
  ): Recording {
    return {
      clusterName,
      ...(title === undefined ? {} : { title }),
      began: this.#began,
      ended: this.#now(),
      result,
      events: this.#events,
      notifications,
    };
  }
}
