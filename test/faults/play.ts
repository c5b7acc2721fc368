import { FaultProxy, type ProxiedRequest } from "./proxy/proxy.ts";
import { execute, observe, outcomeOf } from "./execute.ts";
import type { Ground } from "./ground.ts";
import { violations, type Violation } from "./invariants.ts";
import { onPreparedGround } from "./prepared.ts";
import type { Situation } from "./situations.ts";
import { takeSnapshot } from "./snapshot.ts";
import type { Stage } from "./stage.ts";
import { planOf, type Trial } from "./trial.ts";

/** How one run went. */
export interface Played {
  situation: string;
  trial: Trial;
  outcome: string;
  /** How long the execution took, in seconds. */
  seconds: number;
  requests: ProxiedRequest[];
  violations: Violation[];
  /** Why the situation could not be brought about; such a run says nothing about the workflow. */
  unprepared?: string;
}

/** Runs the workflow once in a namespace of its own, and checks what came of it. */
export async function play(stage: Stage, situation: Situation, trial: Trial): Promise<Played> {
  const played = await onPreparedGround(stage, situation, (ground, prepared) => playOn(ground, stage, prepared, trial));
  if (!("unprepared" in played)) return played;
  return { situation: situation.name, trial, outcome: "", seconds: 0, requests: [], violations: [], ...played };
}

async function playOn(ground: Ground, stage: Stage, situation: Situation, trial: Trial): Promise<Played> {
  const before = await takeSnapshot(ground);
  const proxy = await FaultProxy.start({ upstream: stage.upstream, plan: planOf(trial) });
  try {
    const executed = await execute(ground, situation, proxy);
    const broken = violations(await observe(ground, situation, before, executed));
    const { run, seconds, requests } = executed;
    return { situation: situation.name, trial, outcome: outcomeOf(run), seconds, requests, violations: broken };
  } finally {
    await proxy.stop();
  }
}
