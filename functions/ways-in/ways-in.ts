import { createHash } from "node:crypto";
import type { Measurement } from "../run/measurement.ts";
import type { ScanRequest } from "../run/request.ts";
import { WHY_IGNORED, type Look } from "./found.ts";
import { read } from "./read.ts";

/** What the function may use. */
export interface WaysInEnvironment {
  /** The cluster that it is for. */
  clusterName: string;
  now: () => Date;
  /** Starts the workflow once for each name. @throws RemediationError `WorkflowNotStarted` */
  start: (name: string, request: ScanRequest) => Promise<{ isAlready: boolean }>;
  measure: (clusterName: string, measurements: readonly Measurement[]) => void;
}

/** What became of one message: how many looks it has asked for, and how many of them were there before. */
export interface Answer {
  started: number;
  repeated: number;
  ignored: Partial<Record<string, number>>;
  /** The same in words, for the log. */
  status: string;
}

/** However often it is asked for, one place is looked at once in this time, in milliseconds. */
const ONCE_IN = 5 * 60_000;
/** When it was sent counts where that is so long ago at most, in milliseconds: the time is the sender's to write. */
const LATELY = 60 * 60_000;
/** One message that names more namespaces has the whole cluster looked at. */
const MAX_LOOKS = 10;
/** How much of a namespace's name an execution's shows, which has at most 80 characters. */
const SHOWN = 30;

/**
 * Starts a look at what an alarm, an alert or an event names: the scan that the schedule starts, sooner. What it finds, nobody has
 * asked for. For a burst there is one look.
 * @throws RemediationError `WorkflowNotStarted`
 */
export async function waysIn(event: unknown, environment: WaysInEnvironment): Promise<Answer> {
  const { clusterName, now, start, measure } = environment;
  const { found, at } = read(event, clusterName);
  const when = lately(at, now());
  const answers = [];
  for (const look of distinct(found.looks)) {
    const request = requestOf(look, clusterName);
    answers.push(await start(executionName(request, when), request));
  }
  const ignored = counted(found.ignored);
  measure(
    clusterName,
    Object.entries(ignored).map(([why, value]) => ({ name: "EventsIgnored", value, dimensions: { why } })),
  );
  const repeated = answers.filter(({ isAlready }) => isAlready).length;
  const started = answers.length - repeated;
  const reasons = Object.entries(ignored).map(([why, count]) => `${count} ${why}`);
  const status = `${started} started, ${repeated} repeated, ignored: ${reasons.join(", ") || "none"}`;
  return { started, repeated, ignored, status };
}

function lately(at: Date | undefined, now: Date): Date {
  const age = now.getTime() - (at?.getTime() ?? NaN);
  return at !== undefined && age >= 0 && age <= LATELY ? at : now;
}

/** Each place once. A look at the whole cluster is one at each namespace. */
function distinct(looks: readonly Look[]): Look[] {
  const whole = looks.find(({ namespace }) => namespace === undefined);
  if (whole !== undefined) return [whole];
  const places = new Map(looks.toReversed().map((look) => [look.namespace, look]));
  return places.size > MAX_LOOKS ? [{ reason: `alerts in ${places.size} namespaces` }] : [...places.values()].reverse();
}

function requestOf({ namespace, reason }: Look, clusterName: string): ScanRequest {
  return {
    cluster_name: clusterName,
    ...(namespace === undefined ? {} : { namespace }),
    origin: "event",
    ...(reason === undefined ? {} : { reason }),
  };
}

/**
 * The same for whatever asks for the same look in the same time, and no other. By when it was sent, so that what is delivered
 * twice is one.
 */
export function executionName({ cluster_name: cluster, namespace }: ScanRequest, at: Date): string {
  const place = createHash("sha256")
    .update(JSON.stringify([cluster, namespace ?? null]))
    .digest("hex")
    .slice(0, 16);
  const since = new Date(at.getTime() - (at.getTime() % ONCE_IN)).toISOString().slice(0, 16).replace(/[-:]/g, "");
  return `event-${(namespace ?? "all").slice(0, SHOWN)}-${place}-${since}`;
}

function counted(reasons: readonly string[]): Record<string, number> {
  const counts = WHY_IGNORED.map((why) => [why, reasons.filter((each) => each === why).length] as const);
  return Object.fromEntries(counts.filter(([, count]) => count > 0));
}
