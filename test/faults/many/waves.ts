import { setTimeout as sleep } from "node:timers/promises";
import { runAtOnce } from "../crowd/executions.ts";
import type { Stage } from "../stage.ts";
import { MANY_POLICY, playMany, type Played } from "./workloads.ts";

const PATIENCE_SECONDS = 240;
/** A run takes longer than this: the next one begins while it is at work. */
const SECONDS_BETWEEN = 2;

/** A scan every so often, as the schedule starts them, over workloads that fail until one of them has looked after them. */
export async function playWaves(stage: Stage, workloads: number, waves: number): Promise<Played> {
  const what = `a scan every ${SECONDS_BETWEEN} s`;
  return await playMany(stage, { name: "many-waves", what, workloads }, async (proxy, request) => {
    const started = await Promise.all(
      Array.from({ length: waves }, async (_, wave) => {
        await sleep(wave * SECONDS_BETWEEN * 1_000);
        return await runAtOnce(proxy, [{ name: `wave-${wave}`, request }], MANY_POLICY, PATIENCE_SECONDS);
      }),
    );
    return started.flat();
  });
}
