import * as z from "zod";
import { parsedAs } from "./parsed.ts";

/** The key of the table of records under which what was discovered is. Step Functions names no execution so. */
export const DISCOVERED = "#discovered";

/** The tag of a cluster that says which hub looks after it. */
export const TAG = "eks-remediation";

/** The tag's value of a cluster at which nobody is to look by themselves any more, while what is under way there may end. */
export const LEAVING = "leaving";

/** A function that reaches clusters, and the Kubernetes group that its role is mapped to. */
export const Admission = z.object({ name: z.string(), group: z.string() });
export type Admission = z.output<typeof Admission>;

/** Why a cluster that has the tag is not looked at yet. */
export const Waits = z.discriminatedUnion("for", [
  /** It has no API server that answers yet. */
  z.object({ for: z.literal("endpoint") }),
  /** Its authentication mode takes no access entries. */
  z.object({ for: z.literal("authentication mode") }),
  /** The roles of these functions have no access entry on it. */
  z.object({ for: z.literal("access entries"), functions: z.array(Admission).min(1) }),
]);
export type Waits = z.output<typeof Waits>;

const FoundCluster = z.object({ name: z.string(), waits: Waits.optional() });
export type FoundCluster = z.output<typeof FoundCluster>;

/** What was discovered in one account and region, as the table of records keeps it. Later versions may have more fields. */
export const Discovered = z.object({
  account: z.string(),
  region: z.string(),
  /** How the ARNs of the hub's roles there begin. */
  roles: z.string(),
  /** When it was looked for clusters there last. */
  at: z.iso.datetime(),
  /** Why not all of them are known as of then, how often running, and since when; absent where they are. */
  failed: z.object({ why: z.string(), times: z.int(), since: z.iso.datetime() }).optional(),
  /** Those that have the tag, by their names, as far as that is known. */
  clusters: z.array(FoundCluster),
  /** How many more have it. */
  left_out: z.int(),
  /** Of which of this people were told. */
  told: z.array(z.string()),
});
export type Discovered = z.output<typeof Discovered>;

/** Reads what is kept; undefined where it is nothing that this version knows. */
export function parseDiscovered(text: string): Discovered | undefined {
  return parsedAs(Discovered, text);
}

/** How the names of the roles begin by which a hub reaches the clusters that it discovers, where the list says nothing else. */
export function rolesOfDiscovered(hubName: string): string {
  return `${hubName}-discovered`;
}

/** The account and the region as people read them, and as the table has them. */
export function sourceName({ account, region }: { account: string; region: string }): string {
  return `${account} ${region}`;
}
