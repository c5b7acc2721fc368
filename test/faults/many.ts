import { mapConcurrently } from "../../functions/shared/concurrency.ts";
import { stopAtSize } from "./many/stopped.ts";
import { playWaves } from "./many/waves.ts";
import { manyTable, type Played } from "./many/workloads.ts";
import type { Findings, Part, PartOptions } from "./part.ts";
import type { Stage } from "./stage.ts";
import { spread } from "./trial.ts";

/** How many workloads fail at once, and how many scans come over them. */
const WORKLOADS = 30;
const FEWEST = 5;
const WAVES = 15;
/** Plays at the same time. */
const AT_ONCE = 2;

/** The states that every workload passes, in their order. */
const STATES = [
  "Claim workload",
  "Diagnose",
  "Wait for it to settle",
  "Verify",
  "Report outcome",
  "Release workload",
] as const;

/** An execution with many workloads that is stopped. */
export const STOPPED: Part = {
  name: "stopped",
  summary: "an execution with many workloads that is stopped, and redriven",
  title: "Many workloads, stopped and redriven",
  about: `Thirty workloads fail at once, in five ways. The execution is stopped when half of them have come to a state, and
redriven as Step Functions does that: each iteration goes on from the state that it was in, and those that had not begun
begin. Each workload is changed once, told of once, and given back.`,
  run: async (stage, options) => {
    const size = sizeOf(options);
    const states = spread(STATES, Math.ceil((options.limit ?? Infinity) / STATES.length));
    return await playAll(
      states.map((state) => (on: Stage) => stopAtSize(on, size, state)),
      stage,
      options,
    );
  },
};

/** Scans that overlap. */
export const WAVES_PART: Part = {
  name: "waves",
  summary: "scans that begin while others are at work on the same failing workloads",
  title: "Overlapping scans",
  about: `Thirty workloads fail at once, in five ways, and a scan is started every two seconds, as the schedule does each minute:
each begins while those before it are at work. One execution changes each workload, and one outcome of each is told.`,
  run: async (stage, options) => {
    const waves = Math.min(WAVES, Math.max(2, options.limit ?? WAVES));
    return await playAll([(on) => playWaves(on, sizeOf(options), waves)], stage, options);
  },
};

function sizeOf({ limit }: PartOptions): number {
  return Math.min(WORKLOADS, Math.max(FEWEST, limit ?? WORKLOADS));
}

async function playAll(
  plays: readonly ((stage: Stage) => Promise<Played>)[],
  stage: Stage,
  { tell }: PartOptions,
): Promise<Findings> {
  let unprepared = 0;
  const played = await mapConcurrently(plays, AT_ONCE, async (play) => {
    try {
      const done = await play(stage);
      tell(`${done.what}: ${JSON.stringify(done.outcomes)}, ${done.seconds.toFixed(1)} s`);
      for (const line of done.violations) tell(`VIOLATION ${done.what}: ${line}`);
      return [done];
    } catch (error) {
      tell(`NOT PREPARED ${error instanceof Error ? error.message : String(error)}`);
      unprepared++;
      return [];
    }
  });
  const all = played.flat();
  return {
    executions: all.reduce((sum, { executions }) => sum + executions, 0),
    unprepared,
    violations: all.flatMap(({ what, violations }) => violations.map((line) => `${what}: ${line}`)),
    figures: manyTable(all),
    document: { played: all },
  };
}
