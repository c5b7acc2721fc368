import { mapConcurrently } from "../../functions/shared/concurrency.ts";
import { playCrash, type Crashed } from "./crash-play.ts";
import type { PartOptions } from "./part.ts";
import type { Stage } from "./stage.ts";
import type { Unprepared } from "./prepared.ts";
import type { Situation } from "./situations.ts";

/** A situation, and how the workflow goes there when nothing goes wrong. */
export interface CleanRun {
  situation: Situation;
  run: Crashed;
}

/** A container that crashes runs for a moment now and then, and a scan at that moment finds nothing. */
const TRIES = 3;
/** The clean runs on each stage: one of a situation serves all parts. */
const played = new WeakMap<Stage, Map<Situation, Promise<CleanRun>>>();

/**
 * Plays each situation with nothing spoiled; what is spoiled later is chosen from the calls of that run.
 * @throws Error when one cannot be prepared or does not end as it should: nothing that follows would mean anything
 */
export async function cleanRuns(
  stage: Stage,
  situations: readonly Situation[],
  { concurrency, tell }: PartOptions,
): Promise<CleanRun[]> {
  const known = played.get(stage) ?? new Map<Situation, Promise<CleanRun>>();
  played.set(stage, known);
  return await mapConcurrently(situations, concurrency, async (situation) => {
    const run = known.get(situation) ?? cleanRun(stage, situation, tell);
    known.set(situation, run);
    return await run;
  });
}

async function cleanRun(stage: Stage, situation: Situation, tell: PartOptions["tell"]): Promise<CleanRun> {
  for (let attempt = 1; ; attempt++) {
    const run = await playCrash(stage, situation, undefined);
    const off = wrongWith(situation, run);
    if (!("unprepared" in run) && off === undefined) {
      const { outcome, seconds, calls } = run;
      const operations = calls.reduce((total, call) => total + call.operations.length, 0);
      tell(`${situation.name}: ${outcome}, ${calls.length} calls, ${operations} operations, ${seconds.toFixed(1)} s`);
      return { situation, run };
    }
    tell(`${situation.name}: ${off ?? ""}`);
    if (attempt >= TRIES) throw new Error(`${situation.name}, with nothing spoiled, ${off ?? ""}`);
  }
}

function wrongWith(situation: Situation, run: Crashed | Unprepared): string | undefined {
  if ("unprepared" in run) return `could not be prepared: ${run.unprepared}`;
  const { outcome, violations } = run;
  if (violations.length > 0) return `broke its promises: ${JSON.stringify(violations)}`;
  const due = situation.reason === undefined ? situation.outcome : `${situation.outcome} (${situation.reason})`;
  return outcome === due ? undefined : `ended with ${outcome}`;
}
