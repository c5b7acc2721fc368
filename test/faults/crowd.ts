import { mapConcurrently } from "../../functions/shared/concurrency.ts";
import { contradict } from "./crowd/contradiction.ts";
import type { Episode } from "./crowd/episode.ts";
import { comeBackLate, HELD_UP } from "./crowd/late-holder.ts";
import { claimTogether } from "./crowd/same-workload.ts";
import { STARTS, takeOver } from "./crowd/takeover.ts";
import type { Part } from "./part.ts";
import type { Stage } from "./stage.ts";
import { SITUATIONS } from "./situations.ts";
import { spread } from "./trial.ts";

/** How many executions, agents or takers there are, and how often all takers ask. */
const SIZE = 50;
const WORKLOADS = 20;
const ROUNDS = 20;
/** Crowds at the same time: each has the machine's two cores to itself for the most part. */
const AT_ONCE = 3;

interface Planned {
  what: string;
  play: (stage: Stage) => Promise<Episode>;
}

/** Executions that are in each other's way. */
export const CROWD: Part = {
  name: "crowd",
  summary: "many executions for the same workloads at the same moment, and claims that expire",
  title: "Many at once",
  about: `Executions that are in each other's way on the real control plane, each function as its own Kubernetes group:

- Fifty executions for one failing workload, held until all of them are about to claim it: one acts, the others are Skipped
  (AlreadyClaimed) and told who holds the claim, and the changes are those of one remedy.
- Fifty agents with runbooks that contradict each other, and a scan, over twenty workloads that fail in five ways: each
  workload is changed by one execution, every execution ends, every agent gets one answer, and nothing else changes.
- Fifty takers of one claim at the same moment, again and again, also with clocks that differ: one gets it.
- An execution that is held up until its claim has expired comes back while the next one works: it changes nothing more, it
  says so, and the next one is not disturbed.`,
  run: async (stage, { limit, tell }) => {
    const planned = plan(limit);
    let unprepared = 0;
    const episodes = await mapConcurrently(planned, AT_ONCE, async ({ what, play }) => {
      try {
        const episode = await play(stage);
        tell(
          `${episode.what}: ${episode.executions} executions, ${episode.acted} acted, ${episode.seconds.toFixed(1)} s`,
        );
        for (const line of episode.violations) tell(`VIOLATION ${episode.what}: ${line}`);
        return [episode];
      } catch (error) {
        tell(`NOT PREPARED ${what}: ${error instanceof Error ? error.message : String(error)}`);
        unprepared++;
        return [];
      }
    });
    return findings(episodes.flat(), unprepared);
  },
};

function plan(limit: number | undefined): Planned[] {
  const size = Math.min(SIZE, Math.max(2, limit ?? SIZE));
  const some = <Item>(items: readonly Item[]) => spread(items, limit ?? items.length);
  return [
    ...some(SITUATIONS.filter(({ outcome }) => outcome === "Recovered")).map((situation) => ({
      what: situation.name,
      play: (stage: Stage) => claimTogether(stage, situation, size),
    })),
    {
      what: "agents",
      play: (stage) => contradict(stage, Math.min(WORKLOADS, Math.max(5, limit ?? WORKLOADS)), size),
    },
    ...STARTS.map((start) => ({
      what: start.what,
      play: (stage: Stage) => takeOver(stage, start, size, Math.min(ROUNDS, limit ?? ROUNDS)),
    })),
    ...some(HELD_UP).map((heldUp) => ({
      what: `${heldUp.situation}, held up`,
      play: (stage: Stage) => comeBackLate(stage, heldUp),
    })),
  ];
}

function findings(episodes: readonly Episode[], unprepared: number) {
  const rows = episodes.map(
    ({ what, executions, acted, refused, otherwise, writes, violations }) =>
      `| ${what} | ${executions} | ${acted} | ${refused} | ${otherwise} | ${writes} | ${violations.length} |`,
  );
  return {
    executions: episodes.reduce((sum, { executions }) => sum + executions, 0),
    unprepared,
    violations: episodes.flatMap(({ what, violations }) =>
      violations.map((line) => `${what}: ${line}\n  npm run test:faults -- --part crowd`),
    ),
    figures: [
      "| what | executions | claims got | refused: somebody else's | refused otherwise | changes | violations |",
      "| --- | --- | --- | --- | --- | --- | --- |",
      ...rows,
    ].join("\n"),
    document: { episodes },
  };
}
