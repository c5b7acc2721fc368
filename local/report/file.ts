import { accessSync, constants, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { CommandLineError } from "../command-line/command-line-error.ts";
import { reportOf } from "./html.ts";
import type { Recording } from "./recording.ts";

/** There is no writing a report to the file that was named. */
export class InvalidReport extends CommandLineError {
  constructor(file: string, problem: string) {
    super(`The report ${file} cannot be written: ${problem}. Name another file with --report.`);
    this.name = "InvalidReport";
  }
}

/** Makes sure, before anything is begun, that a report can be written. @throws InvalidReport */
export function checkReport(file: string): void {
  const stats = statSync(file, { throwIfNoEntry: false });
  if (stats?.isDirectory() === true) throw new InvalidReport(file, "it is a folder");
  try {
    accessSync(stats === undefined ? dirname(file) : file, constants.W_OK);
  } catch (error) {
    throw new InvalidReport(file, (error as Error).message);
  }
}

/** Writes the report of a run, and says where it is. A report that cannot be written does not change how the run ended. */
export function writeReport(file: string, recording: Recording): void {
  try {
    writeFileSync(file, reportOf(recording));
    process.stderr.write(`Report: ${file}\n`);
  } catch (error) {
    process.stderr.write(`The report ${file} cannot be written: ${(error as Error).message}\n`);
  }
}
