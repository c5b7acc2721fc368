import { mapConcurrently } from "../../functions/shared/concurrency.ts";
import type { FaultName } from "./proxy/fault.ts";
import type { Findings, Part, PartOptions } from "./part.ts";
import { play, type Played } from "./play.ts";
import type { Stage } from "./stage.ts";
import { describeViolations, document, figures, table, type Results } from "./report.ts";
import { SITUATIONS, type Situation } from "./situations.ts";
import { columnOf, keyOf, pairs, spread, type Trial } from "./trial.ts";

/** Which requests are spoiled, and how. */
export interface RequestOptions {
  /** The names of the situations. */
  scenario: readonly string[];
  fault: readonly FaultName[];
  /** Only this request of a run, from 1. */
  request?: number;
  /** Instead of one request, this share of all of them. */
  rate?: number;
  /** With a rate: how many runs of each situation, and the first one's seed. */
  runs: number;
  seed: number;
  /** Runs of an earlier call that are kept, and not played again. */
  kept: readonly Played[];
  /** Called after each run, so that a long part can go on where it was stopped. */
  keep: (played: Played) => void;
}

interface Job {
  situation: Situation;
  trial: Trial;
}

/** Every request of a run meets every fault, one run for each pair. */
export function requestsPart(which: RequestOptions): Part {
  return {
    name: "requests",
    summary: "every request to the API server meets every fault, one run for each pair",
    title: "Spoiled requests",
    about: `
The functions reach the API server through a proxy that spoils requests. A situation is first played without a fault, which
tells how many requests its run makes. Then it is played once for each pair of a request and a fault, in a namespace of its
own, as the functions' own Kubernetes groups. After each run, what reached the API server is held against what was reported:

- The proxy's log says which writes took effect, whatever the functions were told. A dry run, a claim and an Event are no
  change of a workload.
- The specs, labels, annotations and data of everything in the namespace are read before and after. Beside the target stand
  a Deployment and a ConfigMap that nothing may touch.
- A workflow that fails is handed to the notify function as EventBridge does it, and what that sends counts as told.
- A failing workload that is not reported is overlooked, unless the run's output names what it could not see (\`unseen\`).

A fault is not a reason to end otherwise than without it: where an outcome differs, it is because the step that met the fault
may not guess (403 and 409 say that something is so) or because a wait was over meanwhile.
`,
    run: (stage, options) => playRequests(stage, options, which),
  };
}

async function playRequests(stage: Stage, options: PartOptions, which: RequestOptions): Promise<Findings> {
  const { tell, concurrency } = options;
  const situations = SITUATIONS.filter(({ name }) => which.scenario.includes(name));
  const clean = await playAll(
    stage,
    situations.map((situation) => ({ situation, trial: { kind: "clean" } })),
    options,
  );
  for (const { situation, outcome, requests, seconds, unprepared } of clean) {
    tell(`${situation}: ${unprepared ?? `${outcome}, ${requests.length} requests, ${seconds.toFixed(1)} s`}`);
  }
  const kept = new Map(which.kept.map((played) => [keyOf(played.situation, played.trial), played]));
  const wanted = situations.flatMap((situation) => {
    const run = clean.find((each) => each.situation === situation.name);
    const trials = trialsOf(which, options.limit, run?.requests.length ?? 0);
    return trials.map((trial): Job => ({ situation, trial }));
  });
  const jobs = wanted.filter(({ situation, trial }) => !kept.has(keyOf(situation.name, trial)));
  const earlier = wanted.flatMap(({ situation, trial }) => kept.get(keyOf(situation.name, trial)) ?? []);
  tell(`${jobs.length} runs to go, ${concurrency} side by side${earlier.length > 0 ? `; ${earlier.length} kept` : ""}`);
  const spoiled = await playAll(stage, jobs, options, which.keep);
  return findings({ situations, clean, played: [...clean, ...earlier, ...spoiled] }, tell);
}

function findings(results: Results, tell: PartOptions["tell"]): Findings {
  const { clean, played } = results;
  const unprepared = played.filter((each) => each.unprepared !== undefined).length;
  const off = clean.filter(isOff).map(({ situation, unprepared: why, outcome }) => {
    return `${situation} does not end as it should even without a fault: ${why ?? outcome}`;
  });
  tell(`runs/ended as without a fault **violations**\n${table(played)}`);
  return {
    executions: played.length - unprepared,
    unprepared,
    violations: [...off, ...played.flatMap(describeViolations)],
    figures: figures(results),
    document: document(results),
  };
}

async function playAll(
  stage: Stage,
  jobs: readonly Job[],
  { concurrency, tell }: PartOptions,
  keep: (played: Played) => void = () => undefined,
): Promise<Played[]> {
  let done = 0;
  return await mapConcurrently(jobs, concurrency, async ({ situation, trial }) => {
    const played = await play(stage, situation, trial);
    done++;
    keep(played);
    for (const line of describeViolations(played)) tell(`VIOLATION ${line}`);
    if (played.unprepared !== undefined)
      tell(`NOT PREPARED ${situation.name}, ${columnOf(trial)}: ${played.unprepared}`);
    if (done % 25 === 0) tell(`${done} of ${jobs.length}`);
    return played;
  });
}

/** The clean run of a situation has to end as it should, or nothing that follows means anything. */
function isOff({ situation, outcome, unprepared }: Played): boolean {
  const expected = SITUATIONS.find(({ name }) => name === situation)?.outcome;
  return unprepared !== undefined || outcome !== expected;
}

function trialsOf(
  { fault, request, rate, runs, seed }: RequestOptions,
  limit: number | undefined,
  requests: number,
): Trial[] {
  if (rate !== undefined)
    return Array.from({ length: runs }, (_, index) => ({ kind: "rate", rate, seed: seed + index }));
  const all = pairs(requests, fault).filter(
    (trial) => request === undefined || (trial.kind === "one" && trial.number === request),
  );
  return limit === undefined ? all : spread(all, limit);
}
