import type { WorkloadResult } from "../../functions/run/contracts.ts";
import type { Detection } from "../../functions/run/detection.ts";
import { describeWorkload } from "../../functions/kinds/workloads.ts";
import { describeResting } from "../live/resting.ts";
import type { ExecutionResult } from "../engine/engine.ts";

/** The output of an execution that succeeded. */
interface RunOutput {
  outcomes: string[];
  workloads: WorkloadResult[];
  omitted?: number;
  unseen?: Detection["unseen"];
  resting?: Detection["resting"];
  summary?: string;
}

/** What the process exits with. */
export const EXIT = { nothingToDo: 0, error: 1, needsPerson: 2, interrupted: 130 } as const;

/** 0 when nothing needs a person, 2 when something does, 1 on an error. */
export function exitCode(result: ExecutionResult): number {
  if (result.status === "failed") return EXIT.error;
  if (result.status === "aborted") return EXIT.interrupted;
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

/** The table of outcomes that ends a run, with what is missing from it. */
export function outcomeTable(output: unknown): string {
  if (isDetection(output)) return JSON.stringify(output, null, 2);
  const { outcomes, workloads, omitted = 0, unseen = [], summary, resting } = output as RunOutput;
  const rests = resting === undefined ? undefined : describeResting(resting);
  const headline = [outcomes.join(", "), summary].filter((text) => text !== undefined).join(": ");
  return [
    ...(workloads.length === 0 ? [headline] : table(workloads)),
    ...(rests === undefined ? [] : [`${rests}.`]),
    ...(omitted > 0 ? [`${omitted} more failing workloads were left for the next run.`] : []),
    ...unseen.map(({ what, error, message }) => `Not seen: ${what} (${error}). ${message}`),
  ].join("\n");
}

function table(workloads: WorkloadResult[]): string[] {
  const rows = workloads.map((result) => [
    result.workload === undefined ? "" : describeWorkload(result.workload),
    result.cause,
    result.action,
    result.outcome + (result.reason === undefined ? "" : ` (${result.reason})`),
    result.needs_person ? "yes" : "no",
  ]);
  const header = ["WORKLOAD", "CAUSE", "REMEDY", "OUTCOME", "NEEDS A PERSON"];
  const widths = header.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  return [header, ...rows].map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}

export function isDetection(output: unknown): output is Detection {
  return typeof output === "object" && output !== null && "incidents" in output;
}
