import { WorkloadResult, WorkloadRun } from "../../functions/run/contracts.ts";
import { describeWorkload } from "../../functions/kinds/workloads.ts";
import type { NotificationDocument } from "../../functions/notify/notification.ts";
import { workloadDocument } from "../../functions/notify/document.ts";
import { outcomeOf } from "../../functions/run/outcome.ts";
import { changesWorkload, deedOf, waitOf } from "../../statemachines/by-name.ts";
import { tell } from "../live/story.ts";
import type { RecordedEvent, Recording } from "./recording.ts";

/** One thing that happened to a workload, in words. */
export interface Moment {
  at: Date;
  /** `Failure`, or the state of the workflow. */
  title: string;
  text: string;
  kind: "failure" | "finding" | "remedy" | "wait" | "check" | "outcome";
}

/** How many replicas there were from a moment on. */
export interface Sample {
  at: Date;
  ready: number;
  wanted: number;
}

/** What a report tells of one workload. */
export interface WorkloadStory {
  /** `Deployment shop/web`. */
  title: string;
  /** The reasons that it shows: `CrashLoopBackOff, ProgressDeadlineExceeded`. */
  failure: string;
  result: WorkloadResult;
  /** Everything that was found, decided, done and verified. */
  document: NotificationDocument;
  /** The states that were entered, in order. */
  path: string[];
  moments: Moment[];
  samples: readonly Sample[];
  /** When the last of its events happened. */
  ended: Date;
}

/** What became of a workload whose steps were not all done when the run ended. */
const CUT_SHORT = { Error: "Interrupted", Cause: "The run ended before this workload's steps were done." };

/** The stories of a recording, one for each workload that was looked after. */
export function storiesOf({ events, readings }: Recording): WorkloadStory[] {
  const byIteration = Map.groupBy(events, ({ iteration }) => iteration);
  const around = byIteration.get(undefined) ?? [];
  const detected = around.find(({ type, state }) => type === "exited" && deedOf(state) === "detect");
  return [...byIteration]
    .filter(([iteration]) => iteration !== undefined)
    .map(([iteration, own]) =>
      storyOf(
        own,
        detected,
        readings.filter((reading) => reading.iteration === iteration),
      ),
    )
    .filter((story) => story !== undefined);
}

/** The states that were entered, in order. */
export function pathOf(events: readonly RecordedEvent[]): string[] {
  return events.filter(({ type }) => type === "entered").map(({ state }) => state);
}

function storyOf(
  events: readonly RecordedEvent[],
  detected: RecordedEvent | undefined,
  samples: readonly Sample[],
): WorkloadStory | undefined {
  const run = lastRun(events);
  const ended = events.at(-1)?.at;
  if (run === undefined || ended === undefined) return undefined;
  const result = lastResult(events) ?? {
    ...outcomeOf({ ...run, error: run.error ?? CUT_SHORT }, false),
    delivered: false,
  };
  const document = workloadDocument(run, result);
  return {
    title: describeWorkload(run.incident.workload),
    failure: reasonsOf(run),
    result,
    document,
    path: pathOf(events),
    samples,
    ended,
    moments: [
      ...failures(run),
      ...(detected === undefined ? [] : [found(detected, document)]),
      ...events.flatMap((event) => moment(event) ?? []),
    ],
  };
}

function reasonsOf({ incident }: WorkloadRun): string {
  const reasons = new Set(incident.failures.map(({ reason }) => reason));
  if (incident.works_again !== undefined) return "works again";
  return reasons.size === 0 ? "not looked for" : [...reasons].join(", ");
}

/** Since when it fails, as far as the cluster tells. */
function failures({ incident }: WorkloadRun): Moment[] {
  return incident.failures.flatMap(({ since, reason }) => {
    const at = new Date(since ?? NaN);
    return Number.isNaN(at.getTime()) ? [] : [{ at, title: "Failure", text: `${reason} began`, kind: "failure" }];
  });
}

function found({ at, state }: RecordedEvent, { found }: NotificationDocument): Moment {
  const text = found.length === 0 ? "asked for by name" : `found ${found.join("; ")}`;
  return { at, title: state, text, kind: "finding" };
}

function moment(event: RecordedEvent): Moment | undefined {
  const line = tell(event, { evidence: false });
  if (line === undefined) return undefined;
  return { at: event.at, title: line.state, text: line.text, kind: kindOf(line.state) };
}

function kindOf(state: string): Moment["kind"] {
  if (waitOf(state) !== undefined) return "wait";
  if (changesWorkload(state)) return "remedy";
  switch (deedOf(state)) {
    case "verify":
    case "verify undo":
      return "check";
    case "report":
      return "outcome";
    default:
      return "finding";
  }
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
