import type { WorkloadRun } from "./contracts.ts";
import { isDecided } from "./asked-for.ts";
import { LOOKS_COUNT_MS, type FleetStorm } from "../shared/fleet-storms.ts";
import { signWords } from "../shared/signs.ts";
import { count } from "../shared/text.ts";

/** In which ways clusters of the fleet fail alike, or why that cannot be known. */
export type FleetNow = { storms: readonly FleetStorm[] } | { unreadable: string };

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
  const notBegun = `The ${diagnosis?.remedy.action ?? "remedy"} was not begun:`;
  if ("unreadable" in fleet) {
    const why = `whether the same fails in many clusters could not be read (${fleet.unreadable})`;
    return { refusal: "FleetStorm", message: `${notBegun} ${why}. The next run looks at it again.` };
  }
  const isOn = ({ sign, over, at }: FleetStorm) =>
    signs.includes(sign) && over === undefined && now.getTime() - Date.parse(at) < LOOKS_COUNT_MS;
  const storm = fleet.storms.filter(isOn).find(({ let_on: letOn }) => !letOn.includes(cluster));
  if (storm === undefined) return undefined;
  const { sign, at, clusters, mended } = storm;
  const alike = `as of ${at}, in ${count(clusters.length, "cluster")} ${signWords(sign)}`;
  const first = `A remedy begins in one of them first, and in one more for each that is well again, ${mended.length} by then (fleet.hold)`;
  return { refusal: "FleetStorm", message: `${notBegun} ${alike}. ${first}. The next run looks at it again.` };
}
