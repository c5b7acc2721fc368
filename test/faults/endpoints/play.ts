import { claimSeconds } from "../../../functions/run/pauses.ts";
import { RETRY_MILLISECONDS } from "../crash-play.ts";
import { execute, observe, outcomeOf, policyOf } from "../execute.ts";
import type { Ground } from "../ground.ts";
import { onPreparedGround, type Unprepared } from "../prepared.ts";
import { FaultProxy } from "../proxy/proxy.ts";
import type { Situation } from "../situations.ts";
import { takeSnapshot } from "../snapshot.ts";
import type { Stage } from "../stage.ts";
import { playOne, settle } from "../stop-play.ts";
import { targetOf, unwell } from "../target.ts";
import { DEAD_ENDS } from "./dead-ends.ts";
import { endpointViolations } from "./judge.ts";
import { Silence } from "./silence.ts";
import { STEP_SECONDS, type EndpointTrial } from "./trial.ts";

/** How one run with an endpoint that fell silent went. */
export interface EndpointRun {
  reached: boolean;
  outcome: string;
  /** The longest that a call of a function took, in seconds. */
  longest: number;
  violations: string[];
}

/** Tries of each step, and steps that try after the first one that failed. */
const TRIES = 5;
const STEPS_AFTER = 3;

/** Plays a run whose endpoint falls silent; where that lasts, another one when it answers again and the claim has expired. */
export async function playSilence(
  stage: Stage,
  situation: Situation,
  trial: EndpointTrial,
): Promise<EndpointRun | Unprepared> {
  return await onPreparedGround(stage, situation, (ground, prepared) => playOn(ground, stage, prepared, trial));
}

async function playOn(ground: Ground, stage: Stage, silenced: Situation, trial: EndpointTrial): Promise<EndpointRun> {
  const { trouble, lasts, during } = trial;
  const situation = { ...silenced, amiss: (there: Ground) => unwell(there, targetOf(silenced, ground.namespace)) };
  const deadEnd = trouble.kind === "connection" ? DEAD_ENDS[trouble.deadEnd] : undefined;
  const end = await deadEnd?.open(stage.connection);
  const before = await takeSnapshot(ground);
  const silence = new Silence(
    trial,
    end && {
      ...stage.connection,
      server: `${deadEnd?.scheme ?? ""}://${end.address}`,
    },
  );
  const proxy = await FaultProxy.start({ upstream: stage.upstream, plan: silence.plan });
  try {
    const stepSeconds = during === "detect" ? STEP_SECONDS.detect : STEP_SECONDS[trouble.kind];
    const slack = lasts === "once" ? stepSeconds : TRIES * STEPS_AFTER * stepSeconds;
    const { call } = silence;
    const executed = await execute(ground, situation, proxy, { call, retryMilliseconds: RETRY_MILLISECONDS, slack });
    const seen = {
      ...(await observe(ground, situation, before, executed)),
      claimSpoiled: lasts === "for good" || during === "claim" || during === "release",
    };
    const reached = silence.begun;
    const outcome = outcomeOf(executed.run);
    const later = reached && lasts === "for good" ? await playLater(ground, stage, situation, seen.before) : undefined;
    return {
      reached,
      outcome: later === undefined ? outcome : `${outcome}, ${later.outcome}`,
      longest: Math.max(0, ...silence.calls.map(({ milliseconds }) => milliseconds)) / 1_000,
      violations: !reached
        ? []
        : endpointViolations({
            trial,
            seen,
            calls: silence.calls,
            events: executed.run?.events ?? [],
            later: later?.seen,
          }),
    };
  } finally {
    await proxy.stop();
    await end?.stop();
  }
}

async function playLater(
  ground: Ground,
  stage: Stage,
  situation: Situation,
  before: Awaited<ReturnType<typeof takeSnapshot>>,
) {
  await settle(ground, situation);
  const ahead = claimSeconds(policyOf(situation)) * 1_000;
  return await playOne(ground, stage, situation, before, { now: () => new Date(Date.now() + ahead) });
}
