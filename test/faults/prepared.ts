import { FaultProxy } from "./proxy/proxy.ts";
import { execute } from "./execute.ts";
import { Ground } from "./ground.ts";
import type { Stage } from "./stage.ts";
import type { Situation } from "./situations.ts";

/** Why a situation could not be brought about, or played to its end; such a run says nothing about the workflow. */
export interface Unprepared {
  unprepared: string;
}

/**
 * Brings a situation about in a namespace of its own, plays something in it, and removes the namespace.
 * @param play is given the situation as it is there
 */
export async function onPreparedGround<Played>(
  stage: Stage,
  situation: Situation,
  play: (ground: Ground, situation: Situation) => Promise<Played>,
): Promise<Played | Unprepared> {
  const ground = await Ground.create(stage.cluster, `faults-${situation.name}`);
  try {
    return await play(ground, await prepare(ground, stage, situation));
  } catch (error) {
    return { unprepared: error instanceof Error ? error.message : String(error) };
  } finally {
    await ground.remove();
  }
}

/** Brings a situation about. @returns it as it is there: with the request that approves what a run has proposed */
export async function prepare(ground: Ground, { upstream }: Stage, situation: Situation): Promise<Situation> {
  await situation.prepare(ground);
  if (situation.approved === undefined) return situation;
  const proxy = await FaultProxy.start({ upstream });
  try {
    const { run } = await execute(ground, situation, proxy);
    const [{ plan, reason, workload } = {}] = run?.workloads ?? [];
    if (plan === undefined || workload === undefined)
      throw new Error(`Nothing was proposed: ${reason ?? "no outcome"}`);
    const { kind, name } = workload;
    return { ...situation, request: { action: "approve", kind, name, plan, origin: "person" } };
  } finally {
    await proxy.stop();
  }
}
