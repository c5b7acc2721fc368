import { FaultProxy } from "../proxy/proxy.ts";
import { quickPolicy, withOverrides } from "../../../local/scenarios/quick-policy.ts";
import { deedOf } from "../../../statemachines/by-name.ts";
import { Ground } from "../ground.ts";
import { describeRequest, effectiveWrites } from "../invariants.ts";
import { prepare } from "../prepared.ts";
import type { Stage } from "../stage.ts";
import { POLICY, type Situation } from "../situations.ts";
import { differences, takeSnapshot } from "../snapshot.ts";
import { claimAnswers, gate, runAtOnce } from "./executions.ts";
import { claimsHeld, wronglyRefused, type Episode } from "./episode.ts";

/** Long enough that nobody acts again within an episode. */
const COOL_DOWN = { cool_down: { base_seconds: 300 } };
const PATIENCE_SECONDS = 150;

/** So many executions for one failing workload, all of which claim it at the same moment: one acts. */
export async function claimTogether(stage: Stage, wanted: Situation, count: number): Promise<Episode> {
  const ground = await Ground.create(stage.cluster, `crowd-${wanted.name}`);
  const proxy = await FaultProxy.start({ upstream: stage.upstream });
  try {
    const situation = await prepare(ground, stage, wanted);
    const before = await takeSnapshot(ground);
    const claiming = gate(count, 60);
    const request = { namespace: ground.namespace, ...situation.request };
    const planned = Array.from({ length: count }, (_, index) => ({
      name: `crowd-${index}`,
      request,
      onEntered: (state: string) => (deedOf(state) === "claim" ? claiming() : undefined),
    }));
    const policy = quickPolicy(withOverrides(withOverrides(POLICY, COOL_DOWN), situation.policy ?? {}));
    const began = Date.now();
    const ended = await runAtOnce(proxy, planned, policy, PATIENCE_SECONDS);
    const seconds = (Date.now() - began) / 1_000;

    const answers = claimAnswers(ended);
    const winners = answers.filter(({ claim }) => claim.status === "claimed").map(({ execution }) => execution);
    const results = ended.flatMap(({ name, run }) => (run?.workloads ?? []).map((result) => ({ name, ...result })));
    const acted = results.filter(({ name }) => winners.includes(name));
    const told = ended.reduce((sum, { run }) => sum + (run?.notifications.length ?? 0), 0);
    const due = situation.request === undefined ? 1 : count;
    const writes = effectiveWrites(proxy.requests).map(({ method, path }) => describeRequest(method, path));
    const dueWrites = Object.entries(situation.writes).flatMap(([write, times]) => Array<string>(times).fill(write));
    const mayChange = { ...situation.mayChange, ...situation.controlled };
    const amiss = await situation.amiss(ground);

    const running = ended.filter(({ run }) => run === undefined).length;
    const violations = [
      ...(running === 0 ? [] : [`${running} executions were still running after ${PATIENCE_SECONDS} s`]),
      ...(winners.length === 1 ? [] : [`${winners.length} executions claimed the workload: ${winners.join()}`]),
      ...(acted.some(({ outcome }) => outcome === situation.outcome)
        ? []
        : [
            `the one that claimed it ended with ${acted.map(({ outcome, summary }) => `${outcome}: ${summary}`).join()}`,
          ]),
      ...results
        .filter(({ name, outcome }) => !winners.includes(name) && outcome !== "Skipped")
        .map(({ name, outcome, summary }) => `${name}, which did not claim it, ended with ${outcome}: ${summary}`),
      ...(results.length === count ? [] : [`${results.length} of ${count} executions reported the workload`]),
      ...wronglyRefused(answers),
      ...(told === due ? [] : [`${told} notifications instead of ${due}`]),
      ...(writes.sort().join() === dueWrites.sort().join()
        ? []
        : [`${writes.join()} took effect instead of ${dueWrites.join()}`]),
      ...(amiss === undefined ? [] : [amiss]),
      ...differences(before, await takeSnapshot(ground), mayChange).map((name) => `${name} changed beside the remedy`),
      ...(await claimsHeld(ground)),
    ];
    return {
      what: `\`${situation.name}\`: ${situation.summary}`,
      executions: count,
      acted: winners.length,
      refused: results.filter(({ reason }) => reason === "AlreadyClaimed").length,
      otherwise: results.filter(({ name, reason }) => !winners.includes(name) && reason !== "AlreadyClaimed").length,
      writes: writes.length,
      seconds,
      violations,
    };
  } finally {
    await proxy.stop();
    await ground.remove();
  }
}
