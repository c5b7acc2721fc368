import { isRemediationError } from "../../functions/shared/errors.ts";
import { deedOf } from "../../statemachines/by-name.ts";
import { FaultProxy } from "./proxy/proxy.ts";
import { Calls, isAt, type Call, type Point } from "./calls.ts";
import { changedFields, type ChangedField } from "./changed-fields.ts";
import { RETRY_MILLISECONDS } from "./crash-play.ts";
import { execute, observe, outcomeOf } from "./execute.ts";
import type { Ground } from "./ground.ts";
import { peopleViolations } from "./people-invariants.ts";
import type { Deed } from "./person.ts";
import type { Stage } from "./stage.ts";
import type { PointRun } from "./point-runs.ts";
import { onPreparedGround, type Unprepared } from "./prepared.ts";
import type { Situation } from "./situations.ts";
import { takeSnapshot } from "./snapshot.ts";
import { targetOf, unwell } from "./target.ts";

/** What somebody did, when it is done. */
interface Done {
  set: ChangedField[];
  lost: ((ground: Ground) => Promise<string | undefined>) | undefined;
  /** How many requests had been made by then. */
  requests: number;
  calls: Call[];
}

/** Runs the workflow once, with somebody doing something at one point of it. */
export async function playPerson(
  stage: Stage,
  situation: Situation,
  deed: Deed,
  point: Point,
): Promise<PointRun | Unprepared> {
  return await onPreparedGround(stage, situation, (ground, prepared) => playOn(ground, stage, prepared, deed, point));
}

async function playOn(
  ground: Ground,
  { upstream }: Stage,
  situation: Situation,
  deed: Deed,
  point: Point,
): Promise<PointRun | Unprepared> {
  const target = targetOf(situation, ground.namespace);
  let done: Done | undefined;
  const step = async () => {
    const requests = proxy.requests.length;
    const earlier = await takeSnapshot(ground);
    const lost = await deed.act(ground, target, situation);
    const set = changedFields(earlier, await takeSnapshot(ground)).filter((field) => !isControlled(field, situation));
    done = { set, lost, requests, calls: [...calls] };
  };
  let begun = false;
  const { calls, call } = new Calls((moment) => {
    if (begun || !isAt(point, moment)) return undefined;
    begun = true;
    return step();
  });
  const before = await takeSnapshot(ground);
  const proxy = await FaultProxy.start({ upstream });
  try {
    const executed = await execute(ground, withPatience(situation), proxy, {
      call,
      retryMilliseconds: RETRY_MILLISECONDS,
    });
    const outcome = outcomeOf(executed.run);
    const came = done;
    if (came === undefined) return { reached: false, outcome, violations: [] };
    const judged = isJudged(came.calls, calls);
    const everythingGoes = deed.name === "deletes-namespace";
    const amiss = (there: Ground) => (judged || everythingGoes ? Promise.resolve(undefined) : unwell(there, target));
    const writes = { ...situation.writes, ...deed.mayLeadTo };
    const seen = await observe(ground, { ...situation, amiss, writes }, before, executed);
    return {
      reached: true,
      outcome,
      violations: peopleViolations({
        seen,
        set: came.set,
        lost: await came.lost?.(ground),
        everythingGoes,
        replaced: !judged && (deed.replaces?.(situation) ?? false),
        forbiddenFrom: deed.forbids === true ? came.requests : undefined,
      }),
    };
  } finally {
    await proxy.stop();
  }
}

/** A controller may write at any time, and that is nobody's decision. */
function isControlled({ object, path }: ChangedField, { controlled = {} }: Situation): boolean {
  return controlled[object]?.includes(path.join(".")) ?? false;
}

/** Whether the last look at the workload had been begun when they stepped in: then it may have seen either. */
function isJudged(then: readonly Call[], later: readonly Call[]): boolean {
  const looks = (calls: readonly Call[]) => calls.filter(({ state }) => deedOf(state) === "verify");
  const last = looks(then).length === looks(later).length;
  const begun = then.at(-1);
  return last && (deedOf(begun?.state ?? "") !== "verify" || (begun?.operations.length ?? 0) > 1);
}

/** What happens meanwhile may wait for pods that somebody has taken away. */
const MEANWHILE_SECONDS = 15;

function withPatience({ meanwhile, ...situation }: Situation): Situation {
  if (meanwhile === undefined) return situation;
  const happens = async (ground: Ground) => {
    try {
      await Promise.race([meanwhile.happens(ground), ground.rest(MEANWHILE_SECONDS)]);
    } catch (error) {
      if (!isRemediationError(error, "NotFound")) throw error;
    }
  };
  return { ...situation, meanwhile: { ...meanwhile, happens } };
}
