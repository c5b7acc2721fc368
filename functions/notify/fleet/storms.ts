import { createHash } from "node:crypto";
import { LOOKS_COUNT_MS, type FleetStorm } from "../../shared/fleet-storms.ts";
import type { KeptLook } from "../../shared/looks.ts";
import type { Policy } from "../../shared/policy.ts";
import { MOST_SIGNS } from "../../shared/signs.ts";

/** What there is to decide from. */
export interface Fleet {
  /** The latest look at each cluster that is looked after. */
  looks: readonly KeptLook[];
  /** What was decided before. */
  before: readonly FleetStorm[];
  rule: Policy["fleet"];
  now: Date;
}

/** What was decided. */
export interface Decided {
  /** How many clusters were looked at within the last hour. */
  seen: number;
  /** All that last, and those that have just ended, by their signs. */
  storms: FleetStorm[];
  /** Those of them that people are to be told of, the largest first: that they began, and that they are over. */
  begun: FleetStorm[];
  over: FleetStorm[];
}

/** How many storms there are at most: what more there is, follows when one of them is over. */
const MOST = 10;
/** For how long another sign of clusters that people know of is no news, in milliseconds. */
const SAME_MS = 3_600_000;

/**
 * Decides from the latest looks alone in which ways clusters fail alike. One look is one vote, however much fails. A storm is
 * over when fewer than half as many show it as it takes to begin: what has no newer look, could not be looked at or not in
 * full, counts as showing it still. Pure.
 */
export function decideStorms({ looks, before, rule, now }: Fleet): Decided {
  const recent = looks.filter(({ at }) => isRecent(at, now));
  const needed = Math.max(rule.min_clusters, Math.ceil(rule.min_share * recent.length));
  const lasting = before.filter(({ over }) => over === undefined);
  const known = new Map(lasting.map((storm) => [storm.sign, storm]));
  const kept = lasting.map((storm) => followed(storm, looks, needed, now));
  const signs = new Set(recent.flatMap((look) => look.signs ?? []));
  const fresh = [...signs]
    .filter((sign) => !known.has(sign))
    .map((sign) => ({ sign, clusters: namesOf(recent.filter(shows(sign))) }))
    .filter(({ clusters }) => clusters.length >= needed)
    .toSorted((a, b) => b.clusters.length - a.clusters.length || (a.sign < b.sign ? -1 : 1))
    .slice(0, Math.max(0, MOST - kept.filter(({ over }) => over === undefined).length))
    .map(({ sign, clusters }): FleetStorm => {
      const at = now.toISOString();
      return { sign, since: at, at, clusters, mended: [], let_on: [] };
    });
  const storms = [...kept, ...fresh].map((storm) => ({ ...storm, let_on: letOn(storm, looks) }));
  const going = storms.filter(({ over }) => over === undefined);
  const begun = going
    .filter(({ told }) => told === undefined)
    .filter((storm) => !isKnown(storm, going, now))
    .toSorted((a, b) => b.clusters.length - a.clusters.length);
  const over = storms.filter((storm) => storm.over !== undefined && storm.told !== undefined);
  const bySign = storms.map((storm) => toldOf(storm, begun, now)).toSorted((a, b) => (a.sign < b.sign ? -1 : 1));
  return { seen: recent.length, storms: bySign, begun, over };
}

/** A storm as the looks show it now. */
function followed(storm: FleetStorm, looks: readonly KeptLook[], needed: number, now: Date): FleetStorm {
  const lookAt = new Map(looks.map((look) => [look.cluster_name, look]));
  const has = shows(storm.sign);
  // A cluster that is looked after no more has left it.
  const had = [...storm.clusters, ...storm.mended].filter((name) => lookAt.has(name));
  const joined = namesOf(looks.filter((look) => isRecent(look.at, now) && has(look)));
  const names = [...new Set([...had, ...joined])].sort();
  const isMended = (name: string) => {
    const look = lookAt.get(name);
    if (look === undefined || has(look)) return false;
    return isRecent(look.at, now) ? isSeenWithout(storm.sign, look) : storm.mended.includes(name);
  };
  const mended = names.filter(isMended);
  const clusters = names.filter((name) => !isMended(name));
  const at = now.toISOString();
  const next = { ...storm, at, clusters, mended };
  return clusters.length * 2 < needed ? { ...next, over: at } : next;
}

/** Whether a look that does not show the sign says that it is not there. */
function isSeenWithout(sign: string, { status, unseen = 0, signs = [] }: KeptLook): boolean {
  if (sign.startsWith("error ")) return true;
  return status !== "look failed" && unseen === 0 && signs.length < MOST_SIGNS;
}

/**
 * The clusters in which remedies for a storm may begin: one, and one more for each that was in it and is well. They are of those
 * that let remedies begin by themselves, in an order that is another one for each storm and stays as it is.
 */
function letOn({ sign, clusters, mended }: FleetStorm, looks: readonly KeptLook[]): string[] {
  const acting = new Set(looks.flatMap(({ allowed, cluster_name: name }) => (allowed === "automatic" ? [name] : [])));
  const orderOf = (name: string) => createHash("sha256").update(`${sign} ${name}`).digest("hex");
  return clusters
    .filter((name) => acting.has(name))
    .toSorted((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1))
    .slice(0, 1 + mended.length);
}

/**
 * Whether people know that most of its clusters fail: one event has many signs, and no more than one message is sent of it in an
 * hour.
 */
function isKnown({ sign, since, clusters }: FleetStorm, going: readonly FleetStorm[], now: Date): boolean {
  if (now.getTime() - Date.parse(since) >= SAME_MS) return false;
  const told = going.filter((other) => other.sign !== sign && other.told !== undefined);
  const known = new Set(told.flatMap((other) => [...other.clusters, ...other.mended]));
  return clusters.filter((name) => known.has(name)).length * 2 > clusters.length;
}

function toldOf(storm: FleetStorm, begun: readonly FleetStorm[], now: Date): FleetStorm {
  return begun.some(({ sign }) => sign === storm.sign) ? { ...storm, told: now.toISOString() } : storm;
}

function shows(sign: string): (look: KeptLook) => boolean {
  return ({ signs }) => signs?.includes(sign) === true;
}

function namesOf(looks: readonly KeptLook[]): string[] {
  return looks.map(({ cluster_name: name }) => name).sort();
}

/** What a clock far ahead has written is no more of this hour than what is long ago. */
function isRecent(at: string, now: Date): boolean {
  return Math.abs(now.getTime() - Date.parse(at)) < LOOKS_COUNT_MS;
}
