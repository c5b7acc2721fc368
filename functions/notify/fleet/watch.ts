import type { FleetStorm } from "../../shared/fleet-storms.ts";
import type { KeptLook } from "../../shared/looks.ts";
import type { Policy } from "../../shared/policy.ts";
import type { Published } from "../sns.ts";
import { fleetDocument, fleetMessage } from "./message.ts";
import { decideStorms } from "./storms.ts";

/** What watching a fleet may use. */
export interface WatchEnvironment {
  /** The ARN of the hub's own cluster. */
  hub: string;
  now: () => Date;
  policy: () => Policy;
  /** The clusters that are looked after, as their looks name them. @throws RemediationError `FleetUnreadable` */
  clusters: () => Promise<readonly string[]>;
  /** The latest look at each cluster. @throws what AWS answers */
  looks: () => Promise<readonly KeptLook[]>;
  /** What was decided before. @throws what AWS answers */
  storms: () => Promise<readonly FleetStorm[]>;
  /**
   * Keeps a storm in the place of the one that was read.
   * @returns whether it was kept: not where somebody has kept another one since
   * @throws what AWS answers
   */
  keep: (storm: FleetStorm, before: FleetStorm | undefined) => Promise<boolean>;
  /** Whether `https` subscribers get the form for chat. */
  isForChat: boolean;
  /** @throws RemediationError `NotificationFailed` */
  publish: (message: Published) => Promise<void>;
}

/** How it went. */
export interface Watched {
  status: "quiet" | "lasting" | "told" | "done by another";
  /** How many clusters were looked at within the last hour, and in how many ways clusters fail alike. */
  seen: number;
  storms: number;
}

/**
 * Looks whether clusters fail alike, keeps that for the remedies, and tells people when it begins and when it is over. It is
 * kept before it is told, so that what cannot be kept is not told again each minute; what could not be told is tried again.
 * @throws RemediationError `FleetUnreadable`, `NotificationFailed`; what AWS answers
 */
export async function watchFleet(environment: WatchEnvironment): Promise<Watched> {
  const now = environment.now();
  const { fleet: rule } = environment.policy();
  const [clusters, looks, before] = await Promise.all([
    environment.clusters(),
    environment.looks(),
    environment.storms(),
  ]);
  const listed = new Set(clusters);
  const decided = decideStorms({
    looks: looks.filter(({ cluster_name: name }) => listed.has(name)),
    before,
    rule,
    now,
  });
  const lasting = decided.storms.filter(({ over }) => over === undefined).length;
  const numbers = { seen: decided.seen, storms: lasting };
  const beforeOf = new Map(before.map((storm) => [storm.sign, storm]));
  const kept: FleetStorm[] = [];
  try {
    for (const storm of decided.storms) {
      if (!(await environment.keep(storm, beforeOf.get(storm.sign)))) {
        await untold(environment, kept, beforeOf);
        return { status: "done by another", ...numbers };
      }
      kept.push(storm);
    }
    const document = fleetDocument(decided, { hub: environment.hub, hold: rule.hold, at: now.toISOString() });
    if (document === undefined) return { status: lasting === 0 ? "quiet" : "lasting", ...numbers };
    await environment.publish(fleetMessage(document, environment.isForChat));
  } catch (error) {
    await untold(environment, kept, beforeOf);
    throw error;
  }
  return { status: "told", ...numbers };
}

/** Keeps what people could not be told as it was before, as far as that can be kept, so that the next time tells it. */
async function untold(
  environment: WatchEnvironment,
  storms: readonly FleetStorm[],
  beforeOf: ReadonlyMap<string, FleetStorm>,
): Promise<void> {
  const kept = storms.map(async (storm) => {
    const { told, over, ...rest } = storm;
    const before = beforeOf.get(storm.sign);
    if (before !== undefined && before.told === told && over === undefined) return;
    await environment.keep({ ...rest, ...(before?.told === undefined ? {} : { told: before.told }) }, storm);
  });
  await Promise.allSettled(kept);
}
