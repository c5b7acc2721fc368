import { rounds } from "../../functions/rounds/rounds.ts";
import { watchFleet } from "../../functions/notify/fleet/watch.ts";
import { PLACES_MS, type FleetStorm } from "../../functions/shared/fleet-storms.ts";
import type { KeptLook } from "../../functions/shared/looks.ts";
import { parsePolicy } from "../../functions/shared/policy.ts";
import { LOOK, TOLD } from "../cost/usage.ts";
import { failuresOf, randomFrom, type Day } from "./day.ts";
import { AtOnce, Pool, Rate } from "./lambdas.ts";

/** What a day asks of the hub's account and region. */
export interface Figures {
  looks: Rate;
  invocations: Rate;
  /** Functions at once. */
  atOnce: number;
  environments: number;
  starts: Rate;
  transitions: number;
  assumed: Rate;
  parameterReads: Rate;
  /** What people are told: of workloads and runs, and of the fleet. */
  messages: Rate;
  fleetMessages: number;
  /** When the last cluster that the release broke was well again, in minutes after its first failed. */
  releaseMinutes: number | undefined;
}

const START = Date.parse("2030-06-01T00:00:00Z");
const SIGN = "run shop/web:2";
const HUB = "arn:aws:eks:eu-west-1:111122223333:cluster/prod";
/** How long a look takes at a cluster that does not answer, in seconds: what a look may take. */
const SILENT_SECONDS = 35;
/** How long a rollback takes until it is verified, in seconds: assumed. */
const ROLLBACK_SECONDS = 180;
/** How many states an execution passes that rolls back, and how many functions those invoke: docs/scale.md, and assumed. */
const ROLLBACK = { transitions: 25, invocations: 12 };
const arnOf = (index: number) => `arn:aws:eks:us-east-1:444455556666:cluster/c${index}`;

/**
 * Plays a day of a hub with a clock of its own. Which clusters are looked at when, and whether clusters fail alike, is decided by
 * the functions that are deployed; how looks and executions go is made up from `day` and the figures of tools/cost. Each
 * workload that fails is told of once; what the release broke is rolled back where the fleet lets it.
 */
export async function simulate(day: Day): Promise<Figures> {
  const failing = failuresOf(day, randomFrom(1));
  const told = failing.map((each) => each.map(() => false));
  const silentTold = new Set<number>();
  const mendedAt = new Map<number, number>();
  const rollingBack = new Set<number>();
  const looks = new Map<string, KeptLook>();
  const storms = new Map<string, FleetStorm>();
  const places = new Map<number, number>();
  const pools = new Map<string, Pool>();
  const atOnce = new AtOnce();
  const looksMade = new Rate();
  const invocations = new Rate();
  const starts = new Rate();
  const assumed = new Rate();
  const parameterReads = new Rate();
  const messages = new Rate();
  let [transitions, fleetMessages] = [0, 0];
  const policy = parsePolicy(undefined);
  const listed = Array.from({ length: day.clusters }, (_, index) => ({
    arn: arnOf(index),
    everyMinutes: day.everyMinutes,
  }));
  const indexOf = new Map(listed.map(({ arn }, index) => [arn, index]));
  const silentFrom = day.silence.hour * 3_600;
  const silentTo = silentFrom + day.silence.minutes * 60;

  const invoke = (name: string, at: number, seconds: number, session?: string, settings = false) => {
    const pool = pools.get(name) ?? new Pool();
    pools.set(name, pool);
    const asked = pool.invoke(at, seconds, session, settings);
    invocations.add(at);
    atOnce.add(at, seconds);
    assumed.add(at, asked.assumed);
    parameterReads.add(at, asked.reads);
  };
  /** An execution, whose functions run one after the other, each with a session of its own. */
  const execute = (at: number, states: number, functions: number, seconds: number) => {
    starts.add(at);
    transitions += states;
    for (let step = 0; step < functions; step++) {
      invoke(`step ${step}`, at + (step * seconds) / functions, TOLD.seconds, `${at} ${step}`, true);
    }
  };
  const isSilent = (index: number, at: number) =>
    index >= day.clusters - day.silence.clusters && at >= silentFrom && at < silentTo;

  const lookAt = (index: number, at: number) => {
    const arn = arnOf(index);
    looksMade.add(at);
    if (isSilent(index, at)) {
      invoke("patrol", at, SILENT_SECONDS, arn, true);
      const done = at + SILENT_SECONDS;
      looks.set(arn, lookOf(arn, done, "look failed", ["error ClusterUnreachable"]));
      execute(done, 8, 3, SILENT_SECONDS);
      // People are told of a scheduled run that fails when it is the first, and once a day.
      if (!silentTold.has(index)) messages.add(done);
      silentTold.add(index);
      return;
    }
    invoke("patrol", at, LOOK.seconds.small, arn, true);
    const present = (failing[index] ?? []).flatMap(({ since, isOfRelease }, which) =>
      since <= at && !(isOfRelease && (mendedAt.get(index) ?? Infinity) <= at) ? [{ which, isOfRelease }] : [],
    );
    const isBad = present.some(({ isOfRelease }) => isOfRelease);
    looks.set(arn, lookOf(arn, at, present.length === 0 ? "healthy" : "failing", isBad ? [SIGN] : []));
    for (const { which, isOfRelease } of present) {
      const toldOf = told[index];
      if (!isOfRelease && toldOf?.[which] === false) {
        execute(at, TOLD.transitions, TOLD.invocations, 10);
        messages.add(at + 10);
        toldOf[which] = true;
      }
      if (!isOfRelease || rollingBack.has(index)) continue;
      const storm = storms.get(SIGN);
      const isKnown = storm !== undefined && storm.over === undefined;
      if (isKnown ? !storm.let_on.includes(arn) : !hasPlace(at)) {
        execute(at, TOLD.transitions, TOLD.invocations, 10);
        continue;
      }
      rollingBack.add(index);
      execute(at, ROLLBACK.transitions, ROLLBACK.invocations, ROLLBACK_SECONDS);
      mendedAt.set(index, at + ROLLBACK_SECONDS);
      messages.add(at + ROLLBACK_SECONDS);
    }
  };

  /** As `functions/lambda/fleet-storms.ts` gives places while nobody knows of a storm. */
  const hasPlace = (at: number): boolean => {
    const window = Math.floor(dateOf(at).getTime() / PLACES_MS);
    const taken = places.get(window) ?? 0;
    if (taken >= policy.fleet.min_clusters) return false;
    places.set(window, taken + 1);
    return true;
  };

  for (let minute = 0; minute < 1_440; minute++) {
    const at = minute * 60;
    const time = dateOf(at)
      .toISOString()
      .replace(/\.\d+Z$/, "Z");
    let second = -1;
    await rounds(
      { id: `minute-${minute}`, time },
      {
        clusters: () => Promise.resolve(listed),
        discovered: () => Promise.resolve([]),
        look: ({ cluster_name: arn }) => {
          lookAt(indexOf.get(arn) ?? 0, at + second);
          return Promise.resolve();
        },
        nextSecond: () => {
          second++;
          return Promise.resolve();
        },
      },
    );
    invoke("rounds", at, Math.max(0.3, second + 0.3));
    const { status } = await watchFleet({
      hub: HUB,
      now: () => dateOf(at + 59),
      policy: () => policy,
      clusters: () => Promise.resolve(listed.map(({ arn }) => arn)),
      looks: () => Promise.resolve([...looks.values()]),
      storms: () => Promise.resolve([...storms.values()]),
      keep: (storm) => {
        storms.set(storm.sign, storm);
        return Promise.resolve(true);
      },
      isForChat: false,
      publish: () => Promise.resolve(),
    });
    if (status === "told") fleetMessages++;
    invoke("fleet", at + 59, 0.3);
  }
  const broken = failing.flatMap((each) => each.filter(({ isOfRelease }) => isOfRelease).map(({ since }) => since));
  const isMended = mendedAt.size === broken.length;
  return {
    looks: looksMade,
    invocations,
    atOnce: atOnce.most,
    environments: [...pools.values()].reduce((sum, { made }) => sum + made, 0),
    starts,
    transitions,
    assumed,
    parameterReads,
    messages,
    fleetMessages,
    releaseMinutes:
      isMended && broken.length > 0 ? (Math.max(...mendedAt.values()) - Math.min(...broken)) / 60 : undefined,
  };
}

function lookOf(arn: string, at: number, status: string, signs: string[]): KeptLook {
  return { cluster_name: arn, at: dateOf(at).toISOString(), status, allowed: "automatic", signs };
}

/** A moment of the day. */
function dateOf(seconds: number): Date {
  return new Date(START + seconds * 1_000);
}
