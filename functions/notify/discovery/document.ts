import * as z from "zod";
import { Waits } from "../../shared/discovered.ts";

/** The version of the JSON form. It grows when a field changes its meaning or goes; new fields may come at any time. */
export const DISCOVERY_VERSION = 1;

const place = { account: z.string(), region: z.string() };

/** The message that of clusters which are discovered by their tag something is in the way, in the form for machines. */
export const DiscoveryDocument = z.strictObject({
  version: z.literal(DISCOVERY_VERSION),
  about: z.literal("fleet_discovery"),
  /** The ARN of the hub's own cluster. */
  hub: z.string(),
  /** When it was looked for clusters. */
  at: z.iso.datetime(),
  /** Clusters that have the tag, and are not looked at yet. */
  waiting: z.array(
    z.strictObject({
      name: z.string(),
      ...place,
      /** how the ARNs of the hub's roles there begin. */
      roles: z.string(),
      /** For what. */
      waits: Waits,
      /** What mends it. */
      commands: z.array(z.string()),
    }),
  ),
  /** Where it could not be known which clusters have the tag. */
  failed: z.array(
    z.strictObject({
      ...place,
      why: z.string(),
      since: z.iso.datetime(),
      /** How many clusters of those that are known there wait for nothing. */
      kept: z.int(),
    }),
  ),
  /** Where more clusters have the tag than are looked at. */
  left_out: z.array(z.strictObject({ ...place, number: z.int() })),
  /** How many more wait, and of how many more places it could not be known, where there is no room for them. */
  more: z.strictObject({ waiting: z.int(), failed: z.int() }).optional(),
});
export type DiscoveryDocument = z.output<typeof DiscoveryDocument>;
