import { mapConcurrently } from "../../functions/shared/concurrency.ts";
import { describePoint } from "./calls.ts";
import { crashTrials, stragglerTrials } from "./crash-trial.ts";
import type { Findings, Part, PartOptions } from "./part.ts";
import { FAULT_NAMES } from "./proxy/fault.ts";
import { tallyTable } from "./tally.ts";
import { countsOf, playTool, type ToolRun, type ToolTrial, type Usual } from "./tools/play.ts";
import { columnOf, pairs, spread } from "./trial.ts";

/** Scenarios for each tool through which a remedy acts: that it helps, in each of its ways, and that it does not and is undone. */
const SCENARIOS = [
  "argo-cd-application-synced-back",
  "argo-cd-sync-refused",
  "flux-suspended-and-rolled-back",
  "flux-helm-release-rolled-back",
  "flux-rollback-undone",
  "flux-asked-for-the-fix",
  "scaled-object-raised",
  "argo-rollout-aborted",
  "argo-rollout-aborted-in-vain",
];
/** Clusters in this process, which has one thread. */
const AT_ONCE = 6;

interface Job {
  scenario: string;
  trial: ToolTrial;
  clean: ToolRun;
  usual: Usual;
}

interface Done extends Job {
  run: ToolRun;
}

/** Trouble while a remedy acts through a tool that owns the workload. */
export const TOOLS: Part = {
  name: "tools",
  summary: "remedies through Argo CD, Flux, KEDA and Argo Rollouts, each request spoiled and each function lost",
  title: "Through the tools that own a workload",
  about: `A scenario for each tool is played on a cluster in the suite's process, its controllers included: once without trouble, and
then once for each pair of a request and a fault, and for each way to lose a call of a function, as above. A pause of
a synchronisation is a change like any other: it is made once, and verified, undone or named; where it is said to be undone, each
object that was written is exactly as it was before the run.`,
  run: async (_stage, options) => await run(options),
};

async function run({ limit = Infinity, tell }: PartOptions): Promise<Findings> {
  const possible = await mapConcurrently(SCENARIOS, AT_ONCE, async (scenario) => {
    const clean = await playTool(scenario, { request: { kind: "clean" } }, undefined);
    tell(`${scenario}: ${clean.outcome}, ${clean.calls.length} calls, ${clean.requests.length} requests`);
    if (clean.violations.length > 0)
      throw new Error(`${scenario}, with nothing spoiled, broke its promises: ${JSON.stringify(clean.violations)}`);
    return jobsOf(scenario, clean);
  });
  const jobs = possible.flatMap(({ requests, calls }) => [...spread(requests, limit), ...spread(calls, limit)]);
  tell(`${jobs.length} of ${possible.flatMap(({ requests, calls }) => [...requests, ...calls]).length} runs to go`);
  let count = 0;
  const done = await mapConcurrently(jobs, AT_ONCE, async (job): Promise<Done> => {
    const played = { ...job, run: await playTool(job.scenario, job.trial, job.usual) };
    for (const line of describe(played)) tell(`VIOLATION ${line}`);
    if (++count % 25 === 0) tell(`${count} of ${jobs.length}`);
    return played;
  });
  return findings(done);
}

function jobsOf(scenario: string, clean: ToolRun): { requests: Job[]; calls: Job[] } {
  const usual = { writes: countsOf(clean.requests), undone: clean.undoing };
  const job = (trial: ToolTrial): Job => ({ scenario, trial, clean, usual });
  const { calls } = clean;
  return {
    requests: pairs(clean.requests.length, FAULT_NAMES).map((request) => job({ request })),
    calls: [...crashTrials(calls), ...stragglerTrials(calls)].map((call) => job({ call })),
  };
}

function findings(done: readonly Done[]): Findings {
  const reached = done.filter(({ run: { reached: was } }) => was);
  const table = tallyTable(
    "trouble",
    reached.map((each) => ({
      row: kindOf(each.trial),
      column: each.scenario,
      asClean: each.run.outcome === each.clean.outcome,
      violations: each.run.violations.length,
    })),
  );
  return {
    executions: SCENARIOS.length + done.length,
    unprepared: 0,
    violations: done.flatMap(describe),
    figures: `${reached.length} runs came to what was to go wrong; ${done.length - reached.length} went another way and are not counted.

${table}`,
    document: done.map(({ scenario, trial, run: { outcome, violations } }) => ({
      scenario,
      trial,
      outcome,
      violations,
    })),
  };
}

function kindOf(trial: ToolTrial): string {
  if ("request" in trial) return columnOf(trial.request);
  return trial.call.kind === "straggler" ? "goes on beside its retry" : `\`${trial.call.name}\`, ${trial.call.kind}`;
}

function describe({ scenario, trial, run: { violations, outcome, calls, requests } }: Done): string[] {
  const hit = requests.find(({ fault }) => fault !== undefined);
  const where =
    "call" in trial
      ? describePoint(trial.call.point, calls)
      : `request ${hit?.number ?? ""} (${hit?.method ?? ""} ${hit?.path ?? ""})`;
  return violations.map(
    ({ invariant, detail }) =>
      `${scenario}, ${where}: ${kindOf(trial)}: ${invariant}: ${detail} [outcome: ${outcome}]\n  npm run test:faults -- --part tools`,
  );
}
