import * as z from "zod";
import { Sign } from "../../shared/signs.ts";

/** The version of the JSON form. It grows when a field changes its meaning or goes; new fields may come at any time. */
export const FLEET_VERSION = 1;

const Alike = z.strictObject({
  /** How they fail alike: a word, and what it is of. */
  sign: Sign,
  /** The same, in words. */
  what: z.string(),
  /** When enough clusters showed it first. */
  since: z.iso.datetime(),
  /** How many clusters show it, or of how many nothing else is known since they did. */
  number: z.int(),
  /** Those, as far as there is room. */
  clusters: z.array(z.string()),
  /** How many showed it and are well. */
  mended: z.int(),
  /** Those in which remedies for it may begin by themselves, where `hold` is on. */
  let_on: z.array(z.string()),
});
export type Alike = z.output<typeof Alike>;

/** The message that clusters of a fleet fail alike, or that this is over, in the form for machines. */
export const FleetDocument = z.strictObject({
  version: z.literal(FLEET_VERSION),
  about: z.literal("fleet_storm"),
  /** The ARN of the hub's own cluster. */
  hub: z.string(),
  /** When it was decided from the latest looks. */
  at: z.iso.datetime(),
  /** How many clusters were looked at within the hour before. */
  seen: z.int(),
  /** Whether remedies for what lasts begin in some of the clusters first. */
  hold: z.boolean(),
  /** What began. */
  begun: z.array(Alike),
  /** What is over. */
  over: z.array(Alike),
  /** What lasts of which people were told before, or know of the same clusters. */
  lasting: z.array(Alike),
});
export type FleetDocument = z.output<typeof FleetDocument>;
