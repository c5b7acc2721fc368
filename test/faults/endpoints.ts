import { mapConcurrently } from "../../functions/shared/concurrency.ts";
import { DEAD_ENDS } from "./endpoints/dead-ends.ts";
import { playSilence, type EndpointRun } from "./endpoints/play.ts";
import { describeTrial, endpointTrials, isQuick, nameOf, STEP_SECONDS, type EndpointTrial } from "./endpoints/trial.ts";
import type { Findings, Part, PartOptions } from "./part.ts";
import type { Unprepared } from "./prepared.ts";
import { SILENCES } from "./proxy/fault.ts";
import { SITUATIONS } from "./situations.ts";
import type { Stage } from "./stage.ts";
import { tallyTable } from "./tally.ts";
import { spread } from "./trial.ts";

/** API endpoints that never answer. */
export const ENDPOINTS: Part = {
  name: "endpoints",
  summary: "API endpoints that fall silent at any step, and never say that they will not answer",
  title: "Endpoints that never answer",
  about: `The endpoint falls silent while a step is at work: for one request, or one call of a function, or for good. Each step has
the time that a deployed function has, in short (${STEP_SECONDS.request} s; ${STEP_SECONDS.connection} s where it is not even connected; ${STEP_SECONDS.detect} s for the scan), and has to end within it by the name that
says what happened. Nothing is done twice, somebody is told once, and the claim is given back or expires: where the silence
lasts, another execution comes when the endpoint answers again, and brings the workload to an outcome that is true.

| silence | what happens |
| --- | --- |
${Object.entries({ ...DEAD_ENDS, ...SILENCES })
  .map(([name, { description }]) => `| \`${name}\` | ${description} |`)
  .join("\n")}`,
  run,
};

interface Done {
  trial: EndpointTrial;
  played: EndpointRun | Unprepared;
}

async function run(stage: Stage, { limit, concurrency, tell }: PartOptions): Promise<Findings> {
  const possible = endpointTrials();
  const trials = limit === undefined ? possible : spread(possible.filter(isQuick), limit);
  tell(`${trials.length} of ${possible.length} runs to go, ${concurrency} side by side`);
  const done = await mapConcurrently(trials, concurrency, async (trial): Promise<Done> => {
    const situation = SITUATIONS.find(({ name }) => name === trial.situation);
    if (situation === undefined) throw new Error(`There is no situation ${trial.situation}.`);
    const finished = { trial, played: await playSilence(stage, situation, trial) };
    tell(describe(finished));
    for (const line of broken(finished)) tell(`VIOLATION ${line}`);
    return finished;
  });
  return findings(done);
}

function findings(done: readonly Done[]): Findings {
  const prepared = done.flatMap(({ trial, played }) => ("unprepared" in played ? [] : [{ trial, played }]));
  const reached = prepared.filter(({ played }) => played.reached);
  const longest = Math.max(0, ...reached.map(({ played }) => played.longest));
  const table = tallyTable(
    "silence",
    reached.map(({ trial, played }) => ({
      row: `\`${nameOf(trial.trouble)}\`, ${trial.lasts}`,
      column: trial.during,
      asClean: played.outcome.split(", ")[0] === SITUATIONS.find(({ name }) => name === trial.situation)?.outcome,
      violations: played.violations.length,
    })),
  );
  return {
    executions: prepared.reduce((sum, { played }) => sum + (played.outcome.includes(", ") ? 2 : 1), 0),
    unprepared: done.length - prepared.length,
    violations: done.flatMap(broken),
    figures: `${reached.length} runs came to the moment when the endpoint was to fall silent; ${prepared.length - reached.length} went another way and are not counted. The longest call took ${longest.toFixed(1)} s.

${table}`,
    document: { done },
  };
}

function describe({ trial, played }: Done): string {
  const how = "unprepared" in played ? `NOT PREPARED ${played.unprepared}` : played.outcome;
  return `${describeTrial(trial)}: ${how}${"reached" in played && !played.reached ? " (not reached)" : ""}`;
}

function broken({ trial, played }: Done): string[] {
  return "unprepared" in played
    ? []
    : played.violations.map((line) => `${describeTrial(trial)}: ${line} [outcome: ${played.outcome}]`);
}
