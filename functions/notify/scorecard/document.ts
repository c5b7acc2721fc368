import * as z from "zod";

/** The version of the JSON form. It grows when a field changes its meaning or goes; new fields may come at any time. */
export const SCORECARD_VERSION = 1;

/** So many decisions that were right, and none that was not, make a namespace ready for the next mode. */
export const ENOUGH = { approve: 3, automatic: 5 } as const;

/** How the decisions and deeds in one namespace were. */
const NamespaceScore = z.strictObject({
  namespace: z.string(),
  /** Decisions that somebody came to as well, or had carried out with success; deeds that held. */
  right: z.int(),
  /** Decisions that were not needed, or that somebody declined; deeds that came back, did not help or were taken back. */
  wrong: z.int(),
  /** Of which nothing can be said. */
  unknown: z.int(),
  /** The next mode that it is ready for; absent where it is ready for none. */
  ready_for: z.enum(["approve", "automatic"]).optional(),
});
export type NamespaceScore = z.output<typeof NamespaceScore>;

/** How many decisions and deeds came to what. */
const TALLY = {
  /** How often it would have acted, had its mode let it. */
  would_have_acted: z.int(),
  /** Of these: that somebody came to as well, or had carried out with success; not needed or not wanted; of which nothing can be said. */
  right: z.int(),
  wrong: z.int(),
  unknown: z.int(),
  /** How much sooner those that were right would have come, in all, in seconds. */
  sooner_seconds: z.int(),
  /** How often it acted, and how often that held. */
  acted: z.int(),
  held: z.int(),
  /** Restarts that made well what nobody has explained. */
  unexplained: z.int(),
};
export type Tally = Record<keyof typeof TALLY, number>;

const ClusterScore = z.strictObject({
  cluster_name: z.string(),
  ...TALLY,
  /** Decisions that could not be compared with the cluster. They are among the unknown. */
  not_looked_at: z.int(),
  namespaces: z.array(NamespaceScore),
});
export type ClusterScore = z.output<typeof ClusterScore>;

/** The message of a week in the form for machines. */
export const ScorecardDocument = z.strictObject({
  version: z.literal(SCORECARD_VERSION),
  about: z.literal("scorecard"),
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  /** Each cluster of which there are outcomes in that time; the stack's own also without. */
  clusters: z.array(ClusterScore),
  /** How many namespaces are left out, since there are so many. */
  omitted_namespaces: z.int(),
  /** How many outcomes of the record cannot be read. */
  unread: z.int(),
  /** Whether there are more outcomes than are looked through. */
  is_cut: z.boolean(),
});
export type ScorecardDocument = z.output<typeof ScorecardDocument>;
