import { mapConcurrently } from "../../functions/shared/concurrency.ts";
import { describePoint, type Call, type Point } from "./calls.ts";
import { cleanRuns, type CleanRun } from "./clean-run.ts";
import type { Findings, Part, PartOptions } from "./part.ts";
import { playPerson, type PeopleRun } from "./people-play.ts";
import { DEEDS, type Deed } from "./person.ts";
import type { Stage } from "./play.ts";
import type { Unprepared } from "./prepared.ts";
import { SITUATIONS } from "./situations.ts";
import { tallyTable } from "./tally.ts";
import { spread } from "./trial.ts";

/** People who work on the same workload at the same time. */
export const PEOPLE: Part = {
  name: "people",
  summary: "somebody else changes the same workload at any point between its detection and the end",
  title: "People at work on the same workload",
  about: `At one point of each run somebody else does something: before a function does anything, or when it has read and is
about to write, at each of its visits. What they set has to be as they set it when the run is over, whatever the workflow
did before and after. The run may not report as its remedy's work what is not in place, and leaves a workload alone that
has opted out.

| deed | what somebody does |
| --- | --- |
${DEEDS.map(({ name, summary }) => `| \`${name}\` | ${summary} |`).join("\n")}`,
  run,
};

interface Job {
  clean: CleanRun;
  deed: Deed;
  point: Point;
}

interface Done extends Job {
  played: PeopleRun | Unprepared;
}

async function run(stage: Stage, options: PartOptions): Promise<Findings> {
  const { concurrency, limit = Infinity, tell } = options;
  const failing = SITUATIONS.filter(({ outcome }) => outcome !== "Healthy");
  const clean = await cleanRuns(stage, failing, options);
  const possible = clean.map(jobsOf);
  const jobs = possible.flatMap((each) => spread(each, limit));
  tell(`${jobs.length} of ${possible.flat().length} runs to go, ${concurrency} side by side`);
  let count = 0;
  const done = await mapConcurrently(jobs, concurrency, async (job) => {
    const finished = { ...job, played: await playPerson(stage, job.clean.situation, job.deed, job.point) };
    for (const line of describe(finished)) tell(`VIOLATION ${line}`);
    if (++count % 25 === 0) tell(`${count} of ${jobs.length}`);
    return finished;
  });
  return findings(clean, done);
}

function jobsOf(clean: CleanRun): Job[] {
  const { situation, run: usual } = clean;
  const deeds = DEEDS.filter(({ where }) => where?.(situation) ?? true);
  return usual.calls.flatMap(pointsOf).flatMap((point) => deeds.map((deed) => ({ clean, deed, point })));
}

/** From the claim on: before a call, and when it has read and is about to try or to write what it decided. */
function pointsOf({ state, call, operations }: Call): Point[] {
  if (state === "Detect failures" || state === "Find workload") return [];
  const deciding = operations.flatMap(({ kind, what }, index) =>
    (kind === "write" && !what.endsWith("events")) || what.endsWith("dry run") ? [index] : [],
  );
  // A function that only reads has read half of what it judges by.
  const half = operations.every(({ kind }) => kind === "read") ? [Math.ceil(operations.length / 2)] : [];
  return [...new Set([0, ...deciding, ...half])].map((after) => ({ state, call, after }));
}

function findings(clean: readonly CleanRun[], done: readonly Done[]): Findings {
  const tallied = done.flatMap(({ clean: { situation, run: usual }, deed, played }) =>
    "unprepared" in played || !played.reached
      ? []
      : {
          row: `\`${deed.name}\``,
          column: situation.name,
          asClean: played.outcome === usual.outcome,
          violations: played.violations.length,
        },
  );
  const missed = done.filter(({ played }) => !("unprepared" in played) && !played.reached).length;
  const unprepared = done.filter(({ played }) => "unprepared" in played).length;
  return {
    executions: clean.length + done.length - unprepared,
    unprepared,
    violations: done.flatMap(describe),
    figures: `${tallied.length} runs came to the point where somebody was to step in; ${missed} went another way and are not counted.

${tallyTable("deed", tallied)}`,
    document: done.map(({ clean: { situation, run: usual }, deed, point, played }) => ({
      situation: situation.name,
      deed: deed.name,
      point,
      at: describePoint(point, usual.calls),
      ...played,
    })),
  };
}

function describe({ clean: { situation, run: usual }, deed, point, played }: Done): string[] {
  if ("unprepared" in played) return [];
  return played.violations.map(
    ({ invariant, detail }) =>
      `${situation.name}, ${describePoint(point, usual.calls)}: ${deed.name}: ${invariant}: ${detail} [outcome: ${played.outcome}]`,
  );
}
