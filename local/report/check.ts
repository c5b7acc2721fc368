import { accessSync, constants, statSync } from "node:fs";
import { dirname } from "node:path";
import { CommandLineError } from "../command-line/command-line-error.ts";

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
