import type { WorkloadResult } from "../../functions/run/contracts.ts";
import type { Detection } from "../../functions/run/detection.ts";
import type { RunOutput } from "../../functions/run/output.ts";
import { describeWorkload } from "../../functions/kinds/workloads.ts";
import { isNotThere } from "../../functions/shared/errors.ts";
import { count } from "../../functions/shared/text.ts";
import { fitted, widthsOf } from "../live/columns.ts";
import { describeResting } from "../live/resting.ts";
import type { ExecutionResult } from "../engine/engine.ts";
import { EXIT } from "./exit.ts";

/**
 * 0 when nothing needs a person, 2 when something does, 1 on an error.
 * @param isNamed whether one thing was named, so that it is an error where it is not there
 */
export function exitCode(result: ExecutionResult, isNamed = false): number {
  if (result.status === "failed") return EXIT.error;
  if (result.status === "aborted") return EXIT.interrupted;
  if (isNamed && workloadsOf(result.output).some(({ reason }) => isNotThere(reason))) return EXIT.error;
  if (isDetection(result.output)) {
    const { status, unseen } = result.output;
    return status === "healthy" && unseen.length === 0 ? EXIT.nothingToDo : EXIT.needsPerson;
  }
  const { outcomes, workloads, omitted = 0, unseen = [], resting } = result.output as RunOutput;
  const needsPerson =
    outcomes.includes("Storm") ||
    omitted > 0 ||
    unseen.length > 0 ||
    (resting?.left_to_person ?? 0) > 0 ||
    workloads.some((workload) => workload.needs_person);
  return needsPerson ? EXIT.needsPerson : EXIT.nothingToDo;
}

function workloadsOf(output: unknown): RunOutput["workloads"] {
  return isDetection(output) ? [] : (output as RunOutput).workloads;
}

/**
 * The table of outcomes that ends a run, with what is missing from it.
 * @param width how wide it may be
 */
export function outcomeTable(output: unknown, width = Infinity): string {
  if (isDetection(output)) return JSON.stringify(output, null, 2);
  const { outcomes, workloads, omitted = 0, unseen = [], summary, resting } = output as RunOutput;
  const rests = resting === undefined ? undefined : describeResting(resting);
  const headline = [outcomes.join(", "), summary].filter((text) => text !== undefined).join(": ");
  return [
    ...(workloads.length === 0 ? [headline] : table(workloads, width)),
    ...(rests === undefined ? [] : [`${rests}.`]),
    ...(omitted > 0 ? [`${omitted} more failing workloads were left for the next run.`] : []),
    ...unseen.map(({ what, error, message }) => `Not seen: ${what} (${error}). ${message}`),
  ].join("\n");
}

/** How a run ended, in a line: `6 Recovered, 2 Skipped; 2 need a person`. */
export function outcomesInShort(output: unknown): string {
  if (isDetection(output)) return `${output.status}: ${count(output.incidents.length, "incident")}`;
  const { outcomes, workloads, summary } = output as RunOutput;
  const counts = [...Map.groupBy(outcomes, (each) => each)].map(([each, those]) => `${those.length} ${each}`);
  const calls = workloads.filter(({ needs_person }) => needs_person).length;
  const told = summary ?? (calls === 0 ? undefined : `${calls} ${calls === 1 ? "needs" : "need"} a person`);
  return [counts.join(", "), told].filter((text) => text !== undefined).join("; ");
}

/** The columns that a narrow terminal goes without, the first first. */
const DISPENSABLE = ["CAUSE", "REMEDY", "NEEDS A PERSON"];

function table(workloads: WorkloadResult[], width: number): string[] {
  const rows = workloads.map((result) => [
    result.workload === undefined ? "" : describeWorkload(result.workload),
    result.cause,
    result.action,
    result.outcome + (result.reason === undefined ? "" : ` (${result.reason})`),
    result.needs_person ? "yes" : "no",
  ]);
  const titles = ["WORKLOAD", "CAUSE", "REMEDY", "OUTCOME", "NEEDS A PERSON"];
  const widths = widthsOf(titles, rows);
  const total = (columns: readonly number[]) => columns.reduce((sum, column) => sum + (widths[column] ?? 0) + 2, -2);
  let shown = titles.map((_title, column) => column);
  for (const title of DISPENSABLE) {
    if (total(shown) < width) break;
    shown = shown.filter((column) => titles[column] !== title);
  }
  const line = (row: readonly string[]) =>
    shown.map((column) => fitted(row[column] ?? "", widths[column] ?? 0)).join("  ");
  return [titles, ...rows].map((row) => {
    const whole = line(row).trimEnd();
    return Number.isFinite(width) ? fitted(whole, width - 1).trimEnd() : whole;
  });
}

export function isDetection(output: unknown): output is Detection {
  return typeof output === "object" && output !== null && "incidents" in output;
}
