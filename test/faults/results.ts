import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { LastRun } from "./page.ts";
import type { Findings, Part } from "./part.ts";
import type { Played } from "./play.ts";

/** Where the parts leave what they found. */
const DIRECTORY = join("test-results", "faults");
const RUNS = join(DIRECTORY, "requests.jsonl");

/** Keeps what a part found, for people and for docs/reliability.md. */
export function saveFindings(part: Part, command: string, seconds: number, findings: Findings): void {
  const { executions, violations, figures, document } = findings;
  const last: LastRun = { command, seconds: Math.round(seconds), executions, violations, figures };
  mkdirSync(DIRECTORY, { recursive: true });
  writeFileSync(fileOf(part), `${JSON.stringify({ ...last, document }, null, 2)}\n`);
}

/** What the last run of a part found; undefined when there was none. */
export function readFindings(part: Part): LastRun | undefined {
  return existsSync(fileOf(part)) ? (JSON.parse(readFileSync(fileOf(part), "utf8")) as LastRun) : undefined;
}

/** The runs of the requests part that kept every promise, of this call and of those before it that were resumed. */
export class KeptRuns {
  /** @param resume whether the runs of earlier calls are kept */
  constructor(resume: boolean) {
    mkdirSync(DIRECTORY, { recursive: true });
    if (!resume) rmSync(RUNS, { force: true });
  }

  /** The runs so far, without those that have to be played again. */
  read(): Played[] {
    if (!existsSync(RUNS)) return [];
    return readFileSync(RUNS, "utf8")
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as Played)
      .filter(({ trial, violations, unprepared }) => {
        return trial.kind !== "clean" && violations.length === 0 && unprepared === undefined;
      });
  }

  /** Adds a run, with the requests that were spoiled. */
  add(played: Played): void {
    const requests = played.requests.filter(({ fault }) => fault !== undefined);
    appendFileSync(RUNS, `${JSON.stringify({ ...played, requests })}\n`);
  }
}

function fileOf({ name }: Part): string {
  return join(DIRECTORY, `${name}.json`);
}
