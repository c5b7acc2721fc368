import { mapConcurrently } from "../../functions/shared/concurrency.ts";
import { describePoint, pointsOf, type Call, type Point } from "./calls.ts";
import { cleanRuns, type CleanRun } from "./clean-run.ts";
import { playCrash } from "./crash-play.ts";
import { CRASH_ERRORS, crashTrials, stragglerTrials, type CrashTrial } from "./crash-trial.ts";
import type { Violation } from "./invariants.ts";
import type { Findings, Part, PartOptions } from "./part.ts";
import type { Stage } from "./play.ts";
import type { Unprepared } from "./prepared.ts";
import { SITUATIONS, type Situation } from "./situations.ts";
import { playStop } from "./stop-play.ts";
import { tallyTable } from "./tally.ts";
import { spread } from "./trial.ts";

/** Functions that end without an answer, and executions that are stopped. */
export const CRASHES: Part = {
  name: "crashes",
  summary: "functions that end without an answer at every point, and executions that are stopped",
  title: "Lost functions and stopped executions",
  about: `A run is recorded first: every call of a function, and within it every request to the API server and every message.
Then each call is lost, one run for each way: before it does anything, after each of its writes, and after the last one,
when only its answer is lost. The state learns of it by the errors that Step Functions and Lambda report; once, so that the
retry has to make it right without doing anything twice, and always, so that the Catch path has to tell. A straggler is
given up while it runs, and goes on when its retry is done.

An execution is stopped for good at each of these points as well. Another one is started right away, which has to leave the
workload to the holder of the claim and to name it; and a third one when the claim has expired, which has to bring the
workload to an outcome that is true. Subscribers are told once that it was stopped and that changes may stand.

${errorTable()}`,
  run,
};

/** One run, or for a stop three in a row. */
interface Job {
  clean: CleanRun;
  point: Point;
  /** For the table. */
  kind: string;
  executions: number;
  play: (stage: Stage, situation: Situation) => Promise<Played | Unprepared>;
}

interface Played {
  reached: boolean;
  outcome: string;
  violations: Violation[];
}

interface Done extends Job {
  played: Played | Unprepared;
}

async function run(stage: Stage, options: PartOptions): Promise<Findings> {
  const { concurrency, limit = Infinity, tell } = options;
  const clean = await cleanRuns(stage, SITUATIONS, options);
  const crashed = clean.map(crashJobs);
  const stopped = clean.map(stopJobs);
  // A stop takes three executions.
  const jobs = [
    ...crashed.flatMap((each) => spread(each, limit)),
    ...stopped.flatMap((each) => spread(each, Math.ceil(limit / 3))),
  ];
  const all = [...crashed, ...stopped].flat().length;
  tell(`${jobs.length} of ${all} runs to go, ${concurrency} side by side`);
  let count = 0;
  const done = await mapConcurrently(jobs, concurrency, async (job) => {
    const finished = { ...job, played: await job.play(stage, job.clean.situation) };
    for (const line of describe(finished)) tell(`VIOLATION ${line}`);
    if (++count % 25 === 0) tell(`${count} of ${jobs.length}`);
    return finished;
  });
  return findings(clean, done);
}

function crashJobs(clean: CleanRun): Job[] {
  const { calls } = clean.run;
  return [...crashTrials(calls), ...stragglerTrials(calls)].map((trial) => ({
    clean,
    point: trial.point,
    kind: kindOf(trial, calls),
    executions: 1,
    play: (stage, situation) => playCrash(stage, situation, trial),
  }));
}

function stopJobs(clean: CleanRun): Job[] {
  return clean.run.calls.flatMap(pointsOf).map((point) => ({
    clean,
    point,
    kind: "execution stopped",
    executions: 3,
    play: (stage, situation) => playStop(stage, situation, point),
  }));
}

function kindOf(trial: CrashTrial, calls: readonly Call[]): string {
  if (trial.kind === "straggler") return "goes on beside its retry";
  const { state, call: number, after } = trial.point;
  const call = calls.find((each) => each.state === state && each.call === number);
  const where = after === 0 ? "before it" : after === call?.operations.length ? "answer lost" : "half-way";
  return `\`${trial.name}\`, ${where}, ${trial.kind}`;
}

function findings(clean: readonly CleanRun[], done: readonly Done[]): Findings {
  const tallied = done.flatMap(({ clean: { situation, run: usual }, kind, played }) =>
    "unprepared" in played || !played.reached
      ? []
      : {
          row: kind,
          column: situation.name,
          asClean: played.outcome === usual.outcome,
          violations: played.violations.length,
        },
  );
  const missed = done.filter(({ played }) => !("unprepared" in played) && !played.reached).length;
  const unprepared = done.filter(({ played }) => "unprepared" in played).length;
  return {
    executions: clean.length + done.reduce((total, { executions }) => total + executions, 0),
    unprepared,
    violations: done.flatMap(describe),
    figures: `${tallied.length} runs came to the point where something was to be lost; ${missed} went another way and are not counted.

${tallyTable("what is lost", tallied)}`,
    document: done.map(({ clean: { situation, run: usual }, kind, point, played }) => ({
      situation: situation.name,
      kind,
      point,
      at: describePoint(point, usual.calls),
      ...played,
    })),
  };
}

function describe({ clean: { situation, run: usual }, kind, point, played }: Done): string[] {
  if ("unprepared" in played) return [];
  return played.violations.map(
    ({ invariant, detail }) =>
      `${situation.name}, ${describePoint(point, usual.calls)}: ${kind}: ${invariant}: ${detail} [outcome: ${played.outcome}]`,
  );
}

function errorTable(): string {
  const rows = Object.entries(CRASH_ERRORS).map(([name, meaning]) => `| \`${name}\` | ${meaning} |`);
  return ["| error | meaning |", "| --- | --- |", ...rows].join("\n");
}
