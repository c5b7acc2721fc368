import { mapConcurrently } from "../../functions/shared/concurrency.ts";
import { playCrash, type Crashed } from "./crash-play.ts";
import type { PartOptions } from "./part.ts";
import type { Stage } from "./play.ts";
import type { Situation } from "./situations.ts";

/** A situation, and how the workflow goes there when nothing goes wrong. */
export interface CleanRun {
  situation: Situation;
  run: Crashed;
}

/**
 * Plays each situation with nothing spoiled; what is spoiled later is chosen from the calls of that run.
 * @throws Error when one cannot be prepared or does not end as it should: nothing that follows would mean anything
 */
export async function cleanRuns(
  stage: Stage,
  situations: readonly Situation[],
  { concurrency, tell }: PartOptions,
): Promise<CleanRun[]> {
  return await mapConcurrently(situations, concurrency, async (situation) => {
    const run = await playCrash(stage, situation, undefined);
    if ("unprepared" in run) throw new Error(`${situation.name} could not be prepared: ${run.unprepared}`);
    const { outcome, seconds, calls, violations } = run;
    const operations = calls.reduce((total, call) => total + call.operations.length, 0);
    tell(`${situation.name}: ${outcome}, ${calls.length} calls, ${operations} operations, ${seconds.toFixed(1)} s`);
    if (outcome !== situation.outcome || violations.length > 0)
      throw new Error(
        `${situation.name} ends with ${outcome} though nothing went wrong: ${JSON.stringify(violations)}`,
      );
    return { situation, run };
  });
}
