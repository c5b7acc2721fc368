import { setTimeout as sleep } from "node:timers/promises";
import { runAtOnce } from "../crowd/executions.ts";
import { makeFail, planFailing } from "../crowd/twenty.ts";
import { Ground } from "../ground.ts";
import { FaultProxy } from "../proxy/proxy.ts";
import { takeSnapshot } from "../snapshot.ts";
import type { Stage } from "../stage.ts";
import { MANY_POLICY, manyViolations, outcomesOf, type Played } from "./workloads.ts";

const PATIENCE_SECONDS = 240;
/** A run takes longer than this: the next one begins while it is at work. */
const SECONDS_BETWEEN = 2;

/** A scan every so often, as the schedule starts them, over workloads that fail until one of them has looked after them. */
export async function playWaves(stage: Stage, workloads: number, waves: number): Promise<Played> {
  const ground = await Ground.create(stage.cluster, "many-waves");
  const proxy = await FaultProxy.start({ upstream: stage.upstream });
  try {
    const failing = planFailing(workloads);
    await makeFail(ground, failing);
    const before = await takeSnapshot(ground);
    const began = Date.now();
    const request = { namespace: ground.namespace };
    const started = await Promise.all(
      Array.from({ length: waves }, async (_, wave) => {
        await sleep(wave * SECONDS_BETWEEN * 1_000);
        return await runAtOnce(proxy, [{ name: `wave-${wave}`, request }], MANY_POLICY, PATIENCE_SECONDS);
      }),
    );
    const ended = started.flat();
    const broken = await manyViolations({ ground, failing, before, requests: proxy.requests, ended });
    const failed = ended.flatMap(({ name, run }) =>
      run?.result.status === "failed"
        ? [`${name} failed with ${run.result.error.name}: ${run.result.error.cause}`]
        : [],
    );
    return {
      what: `a scan every ${SECONDS_BETWEEN} s`,
      executions: waves,
      workloads,
      outcomes: outcomesOf(ended),
      seconds: (Date.now() - began) / 1_000,
      violations: [...broken, ...failed],
    };
  } finally {
    await proxy.stop();
    await ground.remove();
  }
}
