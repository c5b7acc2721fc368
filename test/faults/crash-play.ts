import { deedOf } from "../../statemachines/by-name.ts";
import { FaultProxy } from "./proxy/proxy.ts";
import { Calls, type Call } from "./calls.ts";
import { interruptionFor, type CrashTrial } from "./crash-trial.ts";
import { execute, observe, outcomeOf } from "./execute.ts";
import type { Ground } from "./ground.ts";
import { violations, type Violation } from "./invariants.ts";
import type { Stage } from "./stage.ts";
import { onPreparedGround, type Unprepared } from "./prepared.ts";
import type { Situation } from "./situations.ts";
import { takeSnapshot } from "./snapshot.ts";

/** How a run with one spoiled call went. */
export interface Crashed {
  /** Whether the point of the trial came; a run that took another way says nothing about it. */
  reached: boolean;
  outcome: string;
  /** In seconds. */
  seconds: number;
  calls: Call[];
  violations: Violation[];
}

/** Retries come quickly: how long they wait is not what is tried. */
export const RETRY_MILLISECONDS = 100;

/** Runs the workflow once with one call of a function spoiled, or with none, and checks what came of it. */
export async function playCrash(
  stage: Stage,
  situation: Situation,
  trial: CrashTrial | undefined,
): Promise<Crashed | Unprepared> {
  return await onPreparedGround(stage, situation, (ground, prepared) => playOn(ground, stage, prepared, trial));
}

async function playOn(
  ground: Ground,
  { upstream }: Stage,
  situation: Situation,
  trial: CrashTrial | undefined,
): Promise<Crashed> {
  let reached = trial === undefined;
  const interruption =
    trial === undefined
      ? undefined
      : interruptionFor(trial, () => {
          reached = true;
        });
  const { calls, call } = new Calls(interruption);
  const before = await takeSnapshot(ground);
  const proxy = await FaultProxy.start({ upstream });
  try {
    const executed = await execute(ground, situation, proxy, { call, retryMilliseconds: RETRY_MILLISECONDS });
    const seen = await observe(ground, situation, before, executed);
    const broken = violations({
      ...seen,
      retold: calls.some(isLostAfterTelling),
      claimSpoiled: calls.some(({ state, answered }) => handlesClaim(state) && !answered),
    });
    return { reached, outcome: outcomeOf(executed.run), seconds: executed.seconds, calls, violations: broken };
  } finally {
    await proxy.stop();
  }
}

/** Whether a state takes a claim, or gives it back. */
export function handlesClaim(state: string): boolean {
  const deed = deedOf(state);
  return deed === "claim" || deed === "release";
}

/** Whether its function was lost when it had told people. */
export function isLostAfterTelling({ answered, operations }: Call): boolean {
  return !answered && operations.some(({ kind, sent }) => kind === "publish" && sent);
}
