import { pointsOf, type Call } from "./calls.ts";
import { cleanRuns, type CleanRun } from "./clean-run.ts";
import { playCrash } from "./crash-play.ts";
import { CRASH_ERRORS, crashTrials, stragglerTrials, type CrashTrial } from "./crash-trial.ts";
import type { Findings, Part, PartOptions } from "./part.ts";
import type { Stage } from "./stage.ts";
import { playPoints, type PointJob } from "./point-runs.ts";
import { NOT_APPROVED, SITUATIONS } from "./situations.ts";
import { playStop } from "./stop-play.ts";
import { spread } from "./trial.ts";

/** The one that is stopped, one right after it, and one when the claim has expired. */
const EXECUTIONS_OF_STOP = 3;

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

Two of the situations need an approval: where it was given, what was approved is done once; where nobody has given it, every
function may be lost at any point, and nothing is done.

${errorTable()}`,
  run,
};

async function run(stage: Stage, options: PartOptions): Promise<Findings> {
  const { limit = Infinity } = options;
  const clean = await cleanRuns(stage, [...SITUATIONS, NOT_APPROVED], options);
  const crashed = clean.map(crashJobs);
  const stopped = clean.filter(({ situation }) => situation !== NOT_APPROVED).map(stopJobs);
  const jobs = [
    ...crashed.flatMap((each) => spread(each, limit)),
    ...stopped.flatMap((each) => spread(each, Math.ceil(limit / EXECUTIONS_OF_STOP))),
  ];
  const possible = [...crashed, ...stopped].flat().length;
  const words = { kind: "what is lost", trouble: "something was to be lost" };
  return await playPoints(stage, jobs, possible, words, options);
}

function crashJobs(clean: CleanRun): PointJob[] {
  const { calls } = clean.run;
  return [...crashTrials(calls), ...stragglerTrials(calls)].map((trial) => ({
    clean,
    point: trial.point,
    kind: kindOf(trial, calls),
    executions: 1,
    play: (stage, situation) => playCrash(stage, situation, trial),
  }));
}

function stopJobs(clean: CleanRun): PointJob[] {
  return clean.run.calls.flatMap(pointsOf).map((point) => ({
    clean,
    point,
    kind: "execution stopped",
    executions: EXECUTIONS_OF_STOP,
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

function errorTable(): string {
  const rows = Object.entries(CRASH_ERRORS).map(([name, meaning]) => `| \`${name}\` | ${meaning} |`);
  return ["| error | meaning |", "| --- | --- |", ...rows].join("\n");
}
