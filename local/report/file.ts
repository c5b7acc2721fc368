import { writeFileSync } from "node:fs";
import { reportOf } from "./html.ts";
import type { Recording } from "./recording.ts";

/** Writes the report of a run, and says where it is. A report that cannot be written does not change how the run ended. */
export function writeReport(file: string, recording: Recording): void {
  try {
    writeFileSync(file, reportOf(recording));
    process.stderr.write(`Report: ${file}\n`);
  } catch (error) {
    process.stderr.write(`The report ${file} cannot be written: ${(error as Error).message}\n`);
  }
}
