import { Ground } from "./ground.ts";
import type { Stage } from "./stage.ts";
import type { Situation } from "./situations.ts";

/** Why a situation could not be brought about, or played to its end; such a run says nothing about the workflow. */
export interface Unprepared {
  unprepared: string;
}

/** Brings a situation about in a namespace of its own, plays something in it, and removes the namespace. */
export async function onPreparedGround<Played>(
  { cluster }: Stage,
  situation: Situation,
  play: (ground: Ground) => Promise<Played>,
): Promise<Played | Unprepared> {
  const ground = await Ground.create(cluster, `faults-${situation.name}`);
  try {
    await situation.prepare(ground);
    return await play(ground);
  } catch (error) {
    return { unprepared: error instanceof Error ? error.message : String(error) };
  } finally {
    await ground.remove();
  }
}
