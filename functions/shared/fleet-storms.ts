import * as z from "zod";
import { parsedAs } from "./parsed.ts";
import { Sign } from "./signs.ts";

/** The key of the table of records under which the storms of a fleet are. Step Functions names no execution so. */
export const FLEET_STORMS = "#fleet-storms";

/** The key under which the clusters are in which remedies for the same have begun at about the same time. No execution has such a name. */
export const FLEET_PLACES = "#fleet-places";

/** For how long so many clusters have places, in milliseconds: within that each cluster is looked at once where nobody says otherwise. */
export const PLACES_MS = 300_000;

/** How long what was written of a storm holds, in milliseconds: as long as the looks that it is decided from. */
export const LOOKS_COUNT_MS = 3_600_000;

/** That clusters of a fleet fail alike, as the table of records keeps it under its sign. Later versions may have more fields. */
export const FleetStorm = z.object({
  sign: Sign,
  /** When enough clusters showed it first. */
  since: z.iso.datetime(),
  /** As of when this is. */
  at: z.iso.datetime(),
  /** The clusters that show it, or of which nothing else is known since they did, as their looks name them. */
  clusters: z.array(z.string()),
  /** Those that showed it and are well. */
  mended: z.array(z.string()),
  /** Those in which remedies for it may begin now. */
  let_on: z.array(z.string()),
  /** When people were told; absent while they know of the same clusters by another sign. */
  told: z.iso.datetime().optional(),
  /** When it ended; absent while it lasts. */
  over: z.iso.datetime().optional(),
});
export type FleetStorm = z.output<typeof FleetStorm>;

/** Reads a storm that is kept; undefined where it is none that this version knows. */
export function parseFleetStorm(text: string): FleetStorm | undefined {
  return parsedAs(FleetStorm, text);
}
