import { claimSeconds } from "../../functions/run/pauses.ts";
import { FaultProxy } from "./proxy/proxy.ts";
import { Calls, isAt, type Point } from "./calls.ts";
import { RETRY_MILLISECONDS } from "./crash-play.ts";
import { execute, observe, outcomeOf, policyOf, type ExecutionOverrides } from "./execute.ts";
import type { Ground } from "./ground.ts";
import type { Observation } from "./invariants.ts";
import type { Stage } from "./stage.ts";
import type { PointRun } from "./point-runs.ts";
import { onPreparedGround, type Unprepared } from "./prepared.ts";
import type { Situation } from "./situations.ts";
import type { Run } from "../../local/scenarios/run-workflow.ts";
import { takeSnapshot, type Snapshot } from "./snapshot.ts";
import { stopViolations } from "./stop-invariants.ts";
import { targetOf, unwell } from "./target.ts";

/** How long the cluster gets to settle before somebody comes who has not seen the stop, in seconds. */
const SETTLES_WITHIN_SECONDS = 8;

/** Stops an execution at a point, starts another one at once, and a third when the claim has expired. */
export async function playStop(stage: Stage, situation: Situation, point: Point): Promise<PointRun | Unprepared> {
  return await onPreparedGround(stage, situation, (ground, prepared) => playOn(ground, stage, prepared, point));
}

async function playOn(ground: Ground, stage: Stage, stopped: Situation, point: Point): Promise<PointRun> {
  // What is amiss when it is over is asked of the workload itself: it may have got well in another way than usual.
  const situation = { ...stopped, amiss: (there: Ground) => unwell(there, targetOf(stopped, ground.namespace)) };
  const before = await takeSnapshot(ground);
  const played = async (overrides: ExecutionOverrides) => await playOne(ground, stage, situation, before, overrides);

  const stop = new AbortController();
  const { call } = new Calls((moment) => {
    if (!isAt(point, moment) || stop.signal.aborted) return undefined;
    stop.abort();
    return moment.die("Stopped");
  });
  const first = await played({ call, signal: stop.signal });
  if (!stop.signal.aborted) return { reached: false, outcome: first.outcome, violations: [] };
  const holder = (await ground.claims())[0]?.spec?.holderIdentity;
  const second = await played({});
  await settle(ground, situation);
  const ahead = claimSeconds(policyOf(situation)) * 1_000;
  const third = await played({ now: () => new Date(Date.now() + ahead) });

  return {
    reached: true,
    outcome: [first, second, third].map(({ outcome }) => outcome).join(", "),
    violations: stopViolations({ first: first.seen, holder, second: second.seen, third: third.seen }),
  };
}

export async function playOne(
  ground: Ground,
  { upstream }: Stage,
  situation: Situation,
  before: Snapshot,
  overrides: ExecutionOverrides,
): Promise<{ outcome: string; run: Run | undefined; seen: Observation }> {
  const proxy = await FaultProxy.start({ upstream });
  try {
    const executed = await execute(ground, situation, proxy, { retryMilliseconds: RETRY_MILLISECONDS, ...overrides });
    const { run } = executed;
    return { outcome: outcomeOf(run), run, seen: await observe(ground, situation, before, executed) };
  } finally {
    await proxy.stop();
  }
}

/** Nobody looks a claim's length later at a cluster that is as it was moments ago. */
export async function settle(ground: Ground, situation: Situation): Promise<void> {
  const deadline = Date.now() + SETTLES_WITHIN_SECONDS * 1_000;
  while (Date.now() < deadline && (await situation.amiss(ground)) !== undefined) await ground.rest(1);
}
