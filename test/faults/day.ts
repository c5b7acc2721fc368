import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { judgeDay, messagesAbout } from "./day/judge.ts";
import type { DayRecord } from "./day/record.ts";
import type { Part } from "./part.ts";

const execute = promisify(execFile);

const RUNS = 1_440;
const FEW_RUNS = 240;
const SEED = 1;
/** The record of a day, as JSON. */
const MAX_OUTPUT = 64 * 1_024 * 1_024;

/** A day of scheduled runs, one a minute. */
export const DAY: Part = {
  name: "day",
  summary: "a day of scheduled runs, one a minute, while failures come and go",
  title: "A day of scheduled runs",
  about: `${RUNS.toLocaleString("en")} runs with the default policy on the embedded cluster, one a minute by a clock that waits for whoever is
at work. Failures come and go by a plan that a seed decides: images that do not exist, rollouts and pods that crash, HPAs at
their maximum, workloads deleted and created again, namespaces and bare pods that come and go, people who fix things, one
storm, and one workload that stays broken. Events expire after an hour, as an API server has it. Checked are: every execution
ends well; no claim is left, and five weeks later all that nobody uses are removed; a failure that lasts is told within the
hour; a workload that stays broken is told about no more often than its doubling pauses allow; nothing is changed again
within its cool-down; from the second hour to the last neither heap nor open handles grow.`,
  run: async (_stage, { limit, tell }) => {
    const runs = limit === undefined ? RUNS : FEW_RUNS;
    const script = fileURLToPath(new URL("day/run.ts", import.meta.url));
    tell(`${runs} runs, one a minute`);
    const { stdout } = await execute(process.execPath, ["--expose-gc", script, `${runs}`, `${SEED}`], {
      maxBuffer: MAX_OUTPUT,
    });
    const day = JSON.parse(stdout) as DayRecord;
    const broken = judgeDay(day);
    for (const line of broken) tell(`VIOLATION ${line}`);
    return {
      executions: runs,
      unprepared: 0,
      violations: broken.map((line) => `${line}\n  npm run test:faults -- --part day`),
      figures: figures(day),
      document: day,
    };
  },
};

function figures(day: DayRecord): string {
  const { runs, outcomes, troubles, told, writes, samples, claimsAtEnd, claimsLeft, longestHistory, broken } = day;
  const about = messagesAbout(day);
  const early = samples.find(({ hour }) => hour === 2);
  const late = samples.at(-1);
  const both = (value: (sample: NonNullable<typeof late>) => number | string) =>
    `${early === undefined ? "" : value(early)} | ${late === undefined ? "" : value(late)}`;
  return [
    `${runs} runs; ${troubles.length} failures and one storm; ${told.length} messages; ${writes.length} changes.`,
    `Outcomes: ${Object.entries(outcomes)
      .map(([outcome, count]) => `${count} ${outcome}`)
      .join(", ")}.`,
    "",
    `| | after 2 h | at the end |`,
    "| --- | --- | --- |",
    `| heap after a collection, MB | ${both(({ heap }) => (heap / 1e6).toFixed(1))} |`,
    `| open handles | ${both(({ handles }) => handles)} |`,
    `| claims | ${both(({ claims }) => claims)} |`,
    `| Events of the workflow that have not expired | ${both(({ events }) => events)} |`,
    "",
    "| | |",
    "| --- | --- |",
    `| claims at the end, and five weeks later | ${claimsAtEnd}, ${claimsLeft.length} |`,
    `| longest history in a claim | ${longestHistory} |`,
    `| messages about ${broken}, which stays broken (at most) | ${about.told.length} (${about.most}) |`,
  ].join("\n");
}
