import type { Report } from "./contracts.ts";

/**
 * What the reports of all workloads may take in the run's output together, in bytes. Step Functions allows 256 KiB for it; the
 * rest is for what the scan and the releases add, and for reports that are long for their names alone.
 */
const ALL_REPORTS = 160_000;

/**
 * A report that leaves room for those of the other workloads of its run: where they are many, its summary is cut short. What
 * people are told is not.
 * @param workloads how many workloads the run looks after
 */
export function fitting(report: Report, workloads: number): Report {
  const tooLong = Buffer.byteLength(JSON.stringify(report)) - Math.floor(ALL_REPORTS / workloads);
  return tooLong <= 0 ? report : { ...report, summary: cut(report.summary, tooLong) };
}

/** The text without so many bytes at its end, at the boundary of a character, with a mark where it was cut. */
function cut(text: string, bytes: number): string {
  const mark = "…";
  const characters = Array.from(text);
  let left = bytes + Buffer.byteLength(mark);
  while (characters.length > 0 && left > 0) left -= written(characters.pop() ?? "");
  return characters.length === 0 ? "" : `${characters.join("")}${mark}`;
}

/** The bytes of a character in JSON text. */
function written(character: string): number {
  return Buffer.byteLength(JSON.stringify(character)) - 2;
}
