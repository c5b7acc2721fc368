import type { Report, WorkloadRun } from "../run/contracts.ts";
import type { Detection } from "../run/detection.ts";

/** That something is told late: its execution was stopped when it knew it, or before, and redriven. */
export interface ToldLate {
  /** How old what is told may be, RFC 3339; undefined where it may be as old as the execution. */
  since: string | undefined;
}

/** How old a detection is when it is told late, in milliseconds: no retries take so long. */
const LATE_MS = 900_000;

/**
 * Whether an outcome may be one of long ago: the execution was redriven since it took its claim, or took it up again, and tells
 * what it knew before. Undefined where it is of now.
 * @param redrive how often the execution was redriven
 */
export function toldLate({ claim, found_at: found }: WorkloadRun, redrive: number): ToldLate | undefined {
  if (redrive === (claim?.redrive ?? 0)) return undefined;
  return { since: claim?.resumed_at ?? found };
}

/** The same for a storm. */
export function stormToldLate({ at }: Detection, now: Date): ToldLate | undefined {
  return at === undefined || now.getTime() - Date.parse(at) < LATE_MS ? undefined : { since: at };
}

/** The text, after words that say that it is told late. */
export function saidLate(text: string, late: ToldLate | undefined): string {
  if (late === undefined) return text;
  const age = late.since ?? "its execution";
  return `This is told late: the execution was stopped and redriven, and what it says may be as old as ${age}. ${text}`;
}

/** The report, which says so first. */
export function reportedLate(report: Report, late: ToldLate | undefined): Report {
  return { ...report, summary: saidLate(report.summary, late) };
}
