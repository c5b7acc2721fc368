import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { CHRONIC } from "./chronic/failing.ts";
import { judgeChronic, mostOf } from "./chronic/judge.ts";
import type { ChronicRecord } from "./chronic/record.ts";
import type { Part } from "./part.ts";

const execute = promisify(execFile);

/** A day, and as much more as shows whether people are reminded. */
const RUNS = 26 * 60;
const FEW_RUNS = 30;

/** Failures that nobody fixes, over a day. */
export const CHRONIC_PART: Part = {
  name: "chronic",
  summary: "failures that nobody fixes, over a day of scheduled runs",
  title: "Failures that nobody fixes",
  about: `${RUNS.toLocaleString("en")} runs with the default policy on the embedded cluster, one a minute by a clock that waits for whoever is at
work. Some workloads fail all the time, each in another way, beside others that run well. Each has to be told of when it is decided
that it is left to a person, and once a day while it lasts; the states that are entered for it, its changes, and the writes of its
claim and of Events stay below what a few tries and the looks of a day cost, however many runs there are.

| workload | what it is |
| --- | --- |
${CHRONIC.map(({ name, summary }) => `| \`${name}\` | ${summary} |`).join("\n")}`,
  run: async (_stage, { limit, tell }) => {
    const runs = limit === undefined ? RUNS : FEW_RUNS;
    tell(`${runs} runs, one a minute`);
    const script = fileURLToPath(new URL("chronic/run.ts", import.meta.url));
    const { stdout } = await execute(process.execPath, [script, `${runs}`]);
    const record = JSON.parse(stdout) as ChronicRecord;
    const violations = judgeChronic(record);
    for (const line of violations) tell(`VIOLATION ${line}`);
    return { executions: runs, unprepared: 0, violations, figures: figures(record), document: record };
  },
};

function figures({ runs, workloads }: ChronicRecord): string {
  const most = mostOf(runs);
  const rows = workloads.map(
    ({ name, told, transitions, changes, claims, events }) =>
      `| \`${name}\` | ${told.map(({ minute, outcome }) => `${minute} ${outcome}`).join(", ")} | ${transitions} | ${changes} | ${claims} | ${events} |`,
  );
  return `${runs} runs.

| workload | told in minute | transitions | changes | writes of its claim | Events |
| --- | --- | --- | --- | --- | --- |
${rows.join("\n")}
| at most | ${most.told} times | ${most.transitions} | ${most.changes} | ${most.claims} | ${most.events} |`;
}
