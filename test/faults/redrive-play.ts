import { claimSeconds } from "../../functions/run/pauses.ts";
import { deedOf } from "../../statemachines/by-name.ts";
import type { Run } from "../../local/scenarios/run-workflow.ts";
import { Calls, isAt, type Point } from "./calls.ts";
import { changedFields, type ChangedField } from "./changed-fields.ts";
import { policyOf, type ExecutionOverrides } from "./execute.ts";
import type { Ground } from "./ground.ts";
import type { Observation } from "./invariants.ts";
import type { Deed } from "./person.ts";
import type { PointRun } from "./point-runs.ts";
import { onPreparedGround, type Unprepared } from "./prepared.ts";
import { redriveViolations } from "./redrive-invariants.ts";
import type { Situation } from "./situations.ts";
import { takeSnapshot } from "./snapshot.ts";
import type { Stage } from "./stage.ts";
import { playOne, settle } from "./stop-play.ts";
import { targetOf, unwell } from "./target.ts";

/** What happens between the stop of an execution and its redrive. */
export interface Between {
  name: string;
  /** In words. */
  summary: string;
  /** Whether its claim has expired by then. */
  later?: true;
  /** Whether another execution has come meanwhile. */
  another?: true;
  /** What a person does. */
  deed?: Deed;
}

/** Stops an execution at a point, lets something happen, and redrives it from the state that was stopped. */
export async function playRedrive(
  stage: Stage,
  situation: Situation,
  point: Point,
  between: Between,
): Promise<PointRun | Unprepared> {
  return await onPreparedGround(stage, situation, (ground, prepared) =>
    playOn(ground, stage, prepared, point, between),
  );
}

async function playOn(
  ground: Ground,
  stage: Stage,
  stopped: Situation,
  point: Point,
  { later, another, deed }: Between,
): Promise<PointRun> {
  const target = targetOf(stopped, ground.namespace);
  // A remedy may be another than usual when it is diagnosed again.
  const situation = { ...stopped, amiss: (there: Ground) => unwell(there, target) };
  const before = await takeSnapshot(ground);
  const played = async (overrides: ExecutionOverrides) => await playOne(ground, stage, situation, before, overrides);
  const name = `stopped-${ground.namespace}`;

  const stop = new AbortController();
  const { call } = new Calls((moment) => {
    if (!isAt(point, moment) || stop.signal.aborted) return undefined;
    stop.abort();
    return moment.die("Stopped");
  });
  const first = await played({ name, call, signal: stop.signal });
  const input = inputOf(first.run, point.state);
  if (!stop.signal.aborted || input === undefined) return { reached: false, outcome: first.outcome, violations: [] };

  const set = await stepIn(ground, stopped, deed);
  const ahead = later === true ? claimSeconds(policyOf(situation)) * 1_000 : 0;
  const now = () => new Date(Date.now() + ahead);
  if (later === true) await settle(ground, situation);
  const other = another === true ? await played({ now }) : undefined;
  const holder = (await ground.claims())[0]?.spec?.holderIdentity;
  const redriven = await played({ name, now, redrive: { state: point.state, input, count: 1 } });

  const does = deedOf(point.state);
  return {
    reached: true,
    outcome: [first, ...(other === undefined ? [] : [other]), redriven].map(({ outcome }) => outcome).join(", "),
    violations: redriveViolations({
      first: first.seen,
      other: other?.seen,
      redriven: redriven.seen,
      // A Lease that another execution has taken, or taken and given back, so that nothing was done any more.
      isTaken: other !== undefined && holder !== name && (first.seen.claims.length > 0 || isLeft(redriven.seen)),
      set,
      replaced: deed?.replaces?.(stopped) === true,
      judged: does === "report" || does === "release",
      mayLeadTo: deed?.mayLeadTo ?? {},
    }),
  };
}

/** Whether an execution that had done nothing has left the workload to whoever has looked after it since. */
function isLeft({ workloads }: Observation): boolean {
  return workloads.some(({ reason }) => reason === "AlreadyClaimed");
}

async function stepIn(ground: Ground, situation: Situation, deed: Deed | undefined): Promise<ChangedField[]> {
  if (deed === undefined) return [];
  const earlier = await takeSnapshot(ground);
  await deed.act(ground, targetOf(situation, ground.namespace), situation);
  const controlled = situation.controlled ?? {};
  return changedFields(earlier, await takeSnapshot(ground)).filter(
    ({ object, path }) => controlled[object]?.includes(path.join(".")) !== true,
  );
}

/** What the state was given when it was entered last. */
function inputOf(run: Run | undefined, state: string): unknown {
  return run?.events.findLast((event) => event.type === "entered" && event.state === state)?.input;
}
