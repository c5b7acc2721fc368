import { mapConcurrently } from "../../functions/shared/concurrency.ts";
import { describePoint, type Point } from "./calls.ts";
import { cleanRuns, type CleanRun } from "./clean-run.ts";
import type { Violation } from "./invariants.ts";
import type { Findings, PartOptions } from "./part.ts";
import type { Stage } from "./stage.ts";
import type { Unprepared } from "./prepared.ts";
import { SITUATIONS, type Situation } from "./situations.ts";
import { tallyTable } from "./tally.ts";
import { spread } from "./trial.ts";

/** Trouble at one point of a run that was recorded before. */
export interface PointJob {
  clean: CleanRun;
  point: Point;
  /** What happens there; a row of the table. */
  kind: string;
  /** How many executions it takes. */
  executions: number;
  play: (stage: Stage, situation: Situation) => Promise<PointRun | Unprepared>;
}

/** How it went. */
export interface PointRun {
  /** Whether the run came to the point at all. */
  reached: boolean;
  outcome: string;
  violations: Violation[];
}

interface Done extends PointJob {
  played: PointRun | Unprepared;
}

/** What the figures call it. */
interface Words {
  /** What the rows of the table are. */
  kind: string;
  /** What was to happen at the point. */
  trouble: string;
}

/**
 * Records a run of each situation in which something fails, and plays trouble at its points.
 * @param jobsOf all that is possible in one of them
 * @param most how much of that is played, at most
 */
export async function playInFailing(
  stage: Stage,
  jobsOf: (clean: CleanRun) => PointJob[],
  most: number,
  words: Words,
  options: PartOptions,
): Promise<Findings> {
  const failing = SITUATIONS.filter(({ outcome }) => outcome !== "Healthy");
  const clean = await cleanRuns(stage, failing, options);
  const possible = clean.map(jobsOf);
  const jobs = possible.flatMap((each) => spread(each, most));
  return await playPoints(stage, jobs, possible.flat().length, words, options);
}

/**
 * Plays jobs side by side.
 * @param possible how many there are, of which these are chosen
 */
export async function playPoints(
  stage: Stage,
  jobs: readonly PointJob[],
  possible: number,
  words: Words,
  { concurrency, tell }: PartOptions,
): Promise<Findings> {
  tell(`${jobs.length} of ${possible} runs to go, ${concurrency} side by side`);
  let count = 0;
  const done = await mapConcurrently(jobs, concurrency, async (job) => {
    const finished = { ...job, played: await job.play(stage, job.clean.situation) };
    for (const line of describe(finished)) tell(`VIOLATION ${line}`);
    if (++count % 25 === 0) tell(`${count} of ${jobs.length}`);
    return finished;
  });
  return findings(done, words);
}

function findings(done: readonly Done[], { kind: corner, trouble }: Words): Findings {
  const prepared = done.flatMap(({ played, ...job }) => ("unprepared" in played ? [] : { ...job, played }));
  const reached = prepared.filter(({ played }) => played.reached);
  const table = tallyTable(
    corner,
    reached.map(({ clean: { situation, run: usual }, kind, played }) => ({
      row: kind,
      column: situation.name,
      asClean: played.outcome === usual.outcome,
      violations: played.violations.length,
    })),
  );
  return {
    executions: prepared.reduce((total, { executions }) => total + executions, 0),
    unprepared: done.length - prepared.length,
    violations: done.flatMap(describe),
    figures: `${reached.length} runs came to the point where ${trouble}; ${prepared.length - reached.length} went another way and are not counted.

${table}`,
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
