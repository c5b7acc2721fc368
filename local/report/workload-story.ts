import { WorkloadResult, WorkloadRun } from "../../functions/shared/contracts.ts";
import { describeWorkload } from "../../functions/shared/kubernetes/workloads.ts";
import type { NotificationDocument } from "../../functions/shared/notification.ts";
import { workloadDocument } from "../../functions/notify/document.ts";
import { tell } from "../story.ts";
import type { RecordedEvent, Recording } from "./recording.ts";

/** One thing that happened to a workload, in words. */
export interface Moment {
  at: Date;
  state: string;
  text: string;
}

/** What a report tells of one workload. */
export interface WorkloadStory {
  /** `Deployment shop/web`. */
  title: string;
  result: WorkloadResult;
  /** Everything that was found, decided, done and verified. */
  document: NotificationDocument;
  /** The states that were entered, in order. */
  path: string[];
  moments: Moment[];
}

/** The stories of a recording, one for each workload that was looked after. */
export function storiesOf({ events }: Recording): WorkloadStory[] {
  const byIteration = Map.groupBy(
    events.filter(({ iteration }) => iteration !== undefined),
    ({ iteration }) => iteration,
  );
  return [...byIteration.values()].map(storyOf).filter((story) => story !== undefined);
}

/** The states of the run itself, around those of its workloads, in the order in which they were entered. */
export function pathOf(events: readonly RecordedEvent[]): string[] {
  return events.filter(({ type }) => type === "entered").map(({ state }) => state);
}

function storyOf(events: readonly RecordedEvent[]): WorkloadStory | undefined {
  const run = lastRun(events);
  const result = lastResult(events);
  if (run === undefined || result === undefined) return undefined;
  return {
    title: describeWorkload(run.incident.workload),
    result,
    document: workloadDocument(run, result),
    path: pathOf(events),
    moments: events.flatMap((event) => {
      const line = tell(event);
      return line === undefined ? [] : [{ at: event.at, state: line.state, text: line.text }];
    }),
  };
}

/** What was known of the workload in the end. */
function lastRun(events: readonly RecordedEvent[]): WorkloadRun | undefined {
  return events
    .flatMap(({ input, output }) => [WorkloadRun.safeParse(input).data, WorkloadRun.safeParse(output).data])
    .findLast((run) => run !== undefined);
}

function lastResult(events: readonly RecordedEvent[]): WorkloadResult | undefined {
  return events.map(({ output }) => WorkloadResult.safeParse(output).data).findLast((result) => result !== undefined);
}
