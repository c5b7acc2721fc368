import { historyOf } from "../../../functions/run/lease.ts";
import { UNFINISHED } from "../../../functions/run/history.ts";
import type { Lease } from "../../../functions/shared/kubernetes/types.ts";
import { claimSeconds } from "../../../functions/run/pauses.ts";
import { FaultProxy } from "../proxy/proxy.ts";
import { quickPolicy, withOverrides } from "../../../local/scenarios/quick-policy.ts";
import { Ground } from "../ground.ts";
import { describeRequest, effectiveWrites } from "../invariants.ts";
import type { Stage } from "../stage.ts";
import { POLICY, SITUATIONS } from "../situations.ts";
import { claimsHeld, type Episode } from "./episode.ts";
import { executionOf, runAtOnce } from "./executions.ts";

/** Where an execution is held up until its claim has expired, and what it may have written by then. */
export interface HeldUp {
  situation: string;
  at: string;
  /** Seconds by which its clock is behind that of the execution that takes over. */
  behind: number;
  wrote: readonly string[];
}

export const HELD_UP: readonly HeldUp[] = [
  { situation: "bad-rollout", at: "Roll back", behind: 0, wrote: [] },
  { situation: "bad-rollout", at: "Roll back", behind: 20, wrote: [] },
  { situation: "stable-crash", at: "Restart", behind: 20, wrote: [] },
  { situation: "hpa-at-maximum", at: "Scale", behind: 20, wrote: [] },
  { situation: "rollback-in-vain", at: "Undo rollback", behind: 20, wrote: ["PATCH deployments"] },
];

const PATIENCE_SECONDS = 200;

/**
 * An execution is held up before it writes until its claim has expired and another one has taken over; then it comes back
 * while the other one is at work. What it does from then on must not disturb the other one.
 */
export async function comeBackLate(stage: Stage, { situation: name, at, behind, wrote }: HeldUp): Promise<Episode> {
  const situation = SITUATIONS.find((each) => each.name === name);
  if (situation === undefined) throw new Error(`There is no situation ${name}.`);
  const ground = await Ground.create(stage.cluster, "crowd-late");
  const proxy = await FaultProxy.start({ upstream: stage.upstream });
  try {
    await situation.prepare(ground);
    const policy = quickPolicy(withOverrides(POLICY, situation.policy ?? {}));
    let passed = 0;
    const clock = (late: number) => () => new Date(Date.now() + (passed === 0 ? 0 : passed - late) * 1_000);
    const heldUp = signal();
    const takenOver = signal();
    const request = { namespace: ground.namespace, ...situation.request };
    const began = Date.now();
    const late = runAtOnce(
      proxy,
      [
        {
          name: "late",
          request,
          now: clock(behind),
          onEntered: (state) => {
            if (state === situation.meanwhile?.at) return situation.meanwhile.happens(ground);
            if (state !== at) return undefined;
            heldUp.give();
            return takenOver.given;
          },
        },
      ],
      policy,
      PATIENCE_SECONDS,
    );
    await Promise.race([heldUp.given, late]);
    // By the clock of whoever takes over, the claim has expired a second ago.
    passed = claimSeconds(policy) + behind + 1;
    const next = runAtOnce(
      proxy,
      [
        {
          name: "next",
          request,
          now: clock(0),
          onEntered: (state) => {
            if (state === "Wait for it to settle" || state === "Report outcome") takenOver.give();
            return undefined;
          },
        },
      ],
      policy,
      PATIENCE_SECONDS,
    );
    const ended = [...(await next), ...(await late)];
    const seconds = (Date.now() - began) / 1_000;

    const lateRun = ended.find((each) => each.name === "late")?.run;
    const resultOf = (execution: string) => ended.find((each) => each.name === execution)?.run?.workloads[0];
    const writes = effectiveWrites(proxy.requests);
    const ofLate = writes.filter((request) => executionOf(request) === "late");
    const made = ofLate.map(({ method, path }) => describeRequest(method, path));
    const outcomesOfLate = (await ground.claims())
      .flatMap((lease: Lease) => historyOf(lease))
      .filter(({ execution, outcome }) => execution === "late" && outcome !== UNFINISHED);
    const [lateResult, nextResult] = [resultOf("late"), resultOf("next")];
    const where = `held up at "${at}" (${name})`;
    const violations = [
      ...(made.join() === wrote.join()
        ? []
        : [`it made ${made.join() || "nothing"} instead of ${wrote.join() || "nothing"}`]),
      ...(lateResult?.reason === "ClaimExpired" && lateResult.outcome === "Unresolved"
        ? []
        : [
            `the late one ended with ${lateResult?.outcome ?? JSON.stringify(lateRun?.result)}: ${lateResult?.summary ?? ""}`,
          ]),
      ...(nextResult === undefined || nextResult.reason === "AlreadyClaimed"
        ? [`the next one ended with ${nextResult?.outcome ?? "nothing"}: ${nextResult?.summary ?? ""}`]
        : []),
      ...(wrote.length > 0 || nextResult?.outcome === "Recovered"
        ? []
        : [`the next one was disturbed: ${nextResult?.outcome ?? "nothing"}: ${nextResult?.summary ?? ""}`]),
      ...(outcomesOfLate.length > 0 ? ["the late one wrote its outcome into the claim of the next one"] : []),
      ...(await claimsHeld(ground)),
    ].map((line) => `${where}: ${line}`);
    return {
      what: `\`${name}\`: held up at "${at}" until its claim expired, back while the next execution works${behind === 0 ? "" : `; its clock ${behind} s behind`}`,
      executions: 2,
      acted: 2,
      refused: 0,
      otherwise: 0,
      writes: writes.length,
      seconds,
      violations,
    };
  } finally {
    await proxy.stop();
    await ground.remove();
  }
}

/** Something that is waited for until somebody gives it. */
function signal(): { given: Promise<void>; give: () => void } {
  let give: () => void = () => undefined;
  const given = new Promise<void>((resolve) => (give = resolve));
  return {
    given,
    give: () => {
      give();
    },
  };
}
