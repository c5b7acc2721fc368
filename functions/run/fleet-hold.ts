import type { WorkloadRun } from "./contracts.ts";
import { isDecided } from "./asked-for.ts";
import { refusalOf } from "../shared/aws/refusal.ts";
import { LOOKS_COUNT_MS, type FleetStorm } from "../shared/fleet-storms.ts";
import { signWords } from "../shared/signs.ts";
import { count } from "../shared/text.ts";

/** In which ways clusters of the fleet fail alike, or why that cannot be known. */
export type FleetNow = { storms: readonly FleetStorm[]; takePlace?: TakePlace } | { unreadable: string };

/**
 * Takes one of the few places that there are for clusters in which remedies for a sign begin at about the same time; a cluster keeps
 * its place. @returns whether it has one @throws what taking it met
 */
export type TakePlace = (sign: string) => Promise<boolean>;

/** Why a remedy is not begun. */
export interface HeldByFleet {
  refusal: "FleetStorm";
  message: string;
}

/**
 * Why a remedy that nobody asked for is not begun, because workloads fail in the same way in many clusters: what helps in one
 * is carried out in more then, and what does harm does it to no more than one. Undefined where it may begin. Pure.
 * @param fleet undefined where there is none
 */
export function heldByFleet(
  { cluster_name: cluster, diagnosis, incident }: Pick<WorkloadRun, "cluster_name" | "diagnosis" | "incident">,
  fleet: FleetNow | undefined,
  now: Date,
): HeldByFleet | undefined {
  const { signs = [] } = incident;
  if (fleet === undefined || signs.length === 0 || isDecided(incident)) return undefined;
  if ("unreadable" in fleet) return notKnown(diagnosis, fleet.unreadable);
  const storm = fleet.storms.filter(isOnFor(signs, now)).find(({ let_on: letOn }) => !letOn.includes(cluster));
  if (storm === undefined) return undefined;
  const { sign, at, clusters, mended } = storm;
  const alike = `as of ${at}, in ${count(clusters.length, "cluster")} ${signWords(sign)}`;
  const first = `A remedy begins in one of them first, and in one more for each that is well again, ${mended.length} by then (fleet.hold)`;
  return held(diagnosis, `${alike}. ${first}`);
}

/**
 * Takes the cluster's places for a remedy that nobody asked for, as long as nobody knows yet whether many clusters fail alike: looks
 * come one after the other, and what breaks everywhere is found in hundreds of clusters before that is decided. Where it is known,
 * that says where remedies begin.
 * @returns why it is not begun; undefined where it may begin
 */
export async function heldWithoutPlace(
  { diagnosis, incident }: Pick<WorkloadRun, "diagnosis" | "incident">,
  fleet: FleetNow | undefined,
  now: Date,
): Promise<HeldByFleet | undefined> {
  const { signs = [] } = incident;
  if (fleet === undefined || "unreadable" in fleet || fleet.takePlace === undefined || isDecided(incident))
    return undefined;
  for (const sign of signs) {
    if (fleet.storms.some(isOnFor([sign], now))) continue;
    try {
      if (await fleet.takePlace(sign)) continue;
    } catch (error) {
      return notKnown(diagnosis, refusalOf(error).message);
    }
    const alike = `within minutes remedies were let begin in other clusters in which ${signWords(sign)}`;
    return held(diagnosis, `${alike}, and whether many clusters fail alike is not known yet (fleet.hold)`);
  }
  return undefined;
}

function isOnFor(signs: readonly string[], now: Date): (storm: FleetStorm) => boolean {
  return ({ sign, over, at }) =>
    signs.includes(sign) && over === undefined && now.getTime() - Date.parse(at) < LOOKS_COUNT_MS;
}

function notKnown(diagnosis: WorkloadRun["diagnosis"], why: string): HeldByFleet {
  return held(diagnosis, `whether the same fails in many clusters could not be read (${why})`);
}

function held(diagnosis: WorkloadRun["diagnosis"], why: string): HeldByFleet {
  const remedy = diagnosis?.remedy.action ?? "remedy";
  return { refusal: "FleetStorm", message: `The ${remedy} was not begun: ${why}. The next run looks at it again.` };
}
