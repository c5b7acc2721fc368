import { mapConcurrently } from "../../shared/concurrency.ts";
import { sourceName, type Admission, type Discovered } from "../../shared/discovered.ts";
import { within } from "../../shared/time-left.ts";
import type { Published } from "../sns.ts";
import { discoverIn, type Account, type Place } from "./discover.ts";
import { DISCOVERY_VERSION, type DiscoveryDocument } from "./document.ts";
import { discoveryMessage } from "./message.ts";
import { newsOf, type News } from "./news.ts";

/** What discovering clusters may use. */
export interface DiscoveryEnvironment {
  /** The ARN of the hub's own cluster. */
  hub: string;
  now: () => Date;
  /** The functions whose roles need an access entry on each cluster. */
  functions: readonly Admission[];
  /** Where clusters are discovered. @throws RemediationError `FleetUnreadable` */
  places: () => Promise<readonly Place[]>;
  account: (place: Place) => Account;
  /** What was discovered before. @throws what AWS answers */
  kept: () => Promise<readonly Discovered[]>;
  /**
   * Keeps what was discovered in the place of what was read.
   * @returns whether it was kept: not where somebody has kept something else since
   * @throws what AWS answers
   */
  keep: (discovered: Discovered, before: Discovered | undefined) => Promise<boolean>;
  /** Whether `https` subscribers get the form for chat. */
  isForChat: boolean;
  /** @throws RemediationError `NotificationFailed` */
  publish: (message: Published) => Promise<void>;
}

/** How it went. */
export interface DiscoveryAnswer {
  /** In how many regions of accounts it was looked for clusters, in how many in vain, and how many are known there. */
  places: number;
  failed: number;
  clusters: number;
}

/** How many accounts and regions are asked at a time: a hundred that do not answer are over in the function's time. */
const AT_A_TIME = 16;
/** How long one of them may take, in milliseconds. */
const PLACE_MS = 30_000;
/** How many clusters and places the JSON names: a message of SNS has 256 KiB. */
const MAX_WAITING = 60;
const MAX_FAILED = 40;

/**
 * Looks for clusters with the tag, keeps which there are for those that look at them, and tells people what is in the way. It is
 * kept before it is told, so that what cannot be kept is not told again each time; what could not be told is tried again.
 * @throws RemediationError `FleetUnreadable`, `NotificationFailed`; what AWS answers
 */
export async function discovery(environment: DiscoveryEnvironment): Promise<DiscoveryAnswer> {
  const { functions, now } = environment;
  const places = await environment.places();
  if (places.length === 0) return { places: 0, failed: 0, clusters: 0 };
  const known = new Map((await environment.kept()).map((each) => [sourceName(each), each]));
  const all = await mapConcurrently(places, AT_A_TIME, async (place) => {
    const before = known.get(sourceName(place));
    const found = await within(PLACE_MS, () =>
      discoverIn(place, before, environment.account(place), { functions, now: now() }),
    );
    const news = newsOf(found, before === undefined);
    const discovered = { ...found, told: news.told };
    // A table that refuses one keeps nobody from being told of the others, which are told once.
    const [keeping] = await Promise.allSettled([environment.keep(discovered, before)]);
    return { before, discovered, news, keeping };
  });
  const kept = all.filter(({ keeping }) => keeping.status === "fulfilled" && keeping.value);
  const document = documentOf(
    kept.map(({ news }) => news),
    environment.hub,
    now(),
  );
  if (document !== undefined) {
    try {
      await environment.publish(discoveryMessage(document, environment.isForChat));
    } catch (error) {
      await Promise.allSettled(
        kept.map(({ before, discovered }) => environment.keep({ ...discovered, told: before?.told ?? [] }, discovered)),
      );
      throw error;
    }
  }
  for (const { keeping } of all) if (keeping.status === "rejected") throw keeping.reason;
  const found = all.map(({ discovered }) => discovered);
  return {
    places: places.length,
    failed: found.filter(({ failed }) => failed !== undefined).length,
    clusters: found.reduce((sum, { clusters }) => sum + clusters.length, 0),
  };
}

/** Undefined where there is nothing to tell. */
function documentOf(news: readonly News[], hub: string, now: Date): DiscoveryDocument | undefined {
  const waiting = news.flatMap((each) => each.waiting);
  const failed = news.flatMap((each) => each.failed);
  const left = news.flatMap((each) => each.left_out);
  if (waiting.length + failed.length + left.length === 0) return undefined;
  const more = {
    waiting: Math.max(0, waiting.length - MAX_WAITING),
    failed: Math.max(0, failed.length - MAX_FAILED),
  };
  return {
    ...({ version: DISCOVERY_VERSION, about: "fleet_discovery", hub, at: now.toISOString() } as const),
    waiting: waiting.slice(0, MAX_WAITING),
    failed: failed.slice(0, MAX_FAILED),
    left_out: left,
    ...(more.waiting + more.failed > 0 ? { more } : {}),
  };
}
