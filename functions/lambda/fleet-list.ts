import * as z from "zod";
import { clusterOfArn, plainClusterName, type ClusterPlace } from "../shared/cluster-name.ts";
import { RemediationError } from "../shared/errors.ts";
import { LEAVING, sourceName } from "../shared/discovered.ts";
import { describeIssues } from "../shared/validation.ts";

/** How a role's name may begin. With the name of a function after it, it is at most as long as IAM allows. */
const ROLES = /^[\w+=,.@-]{1,44}$/;

/** The pauses between looks that nobody asks for, in minutes; `false` where nobody looks unless something asks for it. */
const EveryMinutes = z.union([z.literal(false), z.int().min(1).max(1_440)]);

const account = z.string().regex(/^\d{12}$/, "must be an account's 12 digits");
const region = z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d+$/, "must be the name of a region");
const roles = z.string().regex(ROLES, "must be the beginning of a role's name, of at most 44 characters").optional();

/** A cluster that a hub looks after beside its own. */
const Spoke = z.strictObject({
  name: plainClusterName,
  account,
  region,
  /** How the names of its roles begin, where that is not the hub's name and the cluster's. */
  roles,
  /** How often it is looked at, where that is not as for all. */
  every_minutes: EveryMinutes.optional(),
});
export type Spoke = z.output<typeof Spoke>;

/** In how many regions of one account, and in how many of all accounts, clusters are discovered at most. */
const MOST_REGIONS = 20;
const MOST_SOURCES = 100;

/** An account whose clusters are looked after where they have a tag. */
const Discover = z.strictObject({
  account,
  regions: z.array(region).min(1).max(MOST_REGIONS),
  /** The value that the tag `eks-remediation` has to have. Source: the EKS API reference, TagResource */
  tag: z
    .string()
    .regex(/^[\w .:/=+@-]{1,256}$/, "must be a tag's value")
    .refine((value) => value !== LEAVING, `must not be ${LEAVING}`)
    .default("on"),
  /** How the names of its roles begin, where that is not the hub's name and `discovered`. */
  roles,
  /** How often each cluster is looked at, where that is not as for all. */
  every_minutes: EveryMinutes.optional(),
});

/** A region of an account in which clusters are discovered. */
export interface Source {
  account: string;
  region: string;
  tag: string;
  roles?: string | undefined;
  every_minutes?: z.output<typeof EveryMinutes> | undefined;
}

/** How many further parameters a list may have: as many as Systems Manager reads at once. Source: its API reference, GetParameters */
const MOST_PARTS = 10;

/** What the parameter of a hub holds, as JSON. */
const FleetMain = z.strictObject({
  /** What the roles of all spokes ask for. Source: the AWS STS API reference, AssumeRole */
  external_id: z.string().regex(/^[\w+=,.@:/-]{2,1224}$/, "must be an external id"),
  /** How often each cluster is looked at, unless it says otherwise. */
  every_minutes: EveryMinutes.default(5),
  clusters: z.array(Spoke).default([]),
  /** Where clusters are looked after that have a tag. */
  discover: z.array(Discover).default([]),
  /** The names of further parameters with clusters, below the name of this one: `eu` is `/eks-remediation/fleet/eu`. */
  more: z
    .array(z.string().regex(/^[\w.-]{1,60}$/, "must be a name of letters, digits and _.-"))
    .max(MOST_PARTS)
    .default([]),
});

/** What each further parameter holds, as JSON. */
const FleetPart = z.strictObject({ clusters: z.array(Spoke) });

/** A hub's list of clusters, of all its parameters. */
export type FleetList = Omit<z.output<typeof FleetMain>, "discover" | "more"> & { sources: Source[] };

/**
 * Reads a list from JSON text, and what it has in further parameters. One that is missing or malformed is no list without its
 * clusters: it is no list.
 * @param readMore reads further parameters by the names that the list has for them
 * @throws Error saying what is wrong with it; what `readMore` throws
 */
export async function readFleetList(
  text: string,
  readMore: (names: readonly string[]) => Promise<readonly string[]>,
): Promise<FleetList> {
  const { more, discover, ...list } = parsed(FleetMain, text);
  const texts = more.length === 0 ? [] : await readMore(more);
  const parts = more.map((name, index) => {
    try {
      return parsed(FleetPart, texts[index] ?? "");
    } catch (error) {
      throw new Error(`${name}: ${(error as Error).message}`, { cause: error });
    }
  });
  const clusters = [list, ...parts].flatMap((part) => part.clusters);
  const seen = new Set<string>();
  for (const { name, account, region } of clusters) {
    const place = `${name} (${account}, ${region})`;
    if (seen.has(place)) throw new Error(`${place} is there twice`);
    seen.add(place);
  }
  return { ...list, clusters, sources: sourcesOf(discover) };
}

function sourcesOf(discover: z.output<typeof FleetMain>["discover"]): Source[] {
  const sources = discover.flatMap(({ regions, ...entry }) => regions.map((each) => ({ ...entry, region: each })));
  const seen = new Set<string>();
  for (const place of sources.map(sourceName)) {
    if (seen.has(place)) throw new Error(`discover: ${place} is there twice`);
    seen.add(place);
  }
  if (sources.length > MOST_SOURCES)
    throw new Error(`discover: ${sources.length} regions of accounts are more than ${MOST_SOURCES}`);
  return sources;
}

function parsed<Schema extends z.ZodType>(schema: Schema, text: string): z.output<Schema> {
  const result = schema.safeParse(JSON.parse(text));
  if (!result.success) throw new Error(describeIssues(result.error));
  return result.data;
}

/** A cluster that a request names; with the tag that it has to have, where it is none of the list itself. */
export type NamedSpoke = Pick<Spoke, "name" | "account" | "region" | "roles"> & { tag?: string };

/**
 * The cluster that a request names, by its ARN or by a name that only one of the list has. One that is discovered has no name but
 * its ARN: whatever is tagged elsewhere, a name means what it meant before.
 * @throws RemediationError `ClusterNotFound` when the list has none, `InvalidRequest` when it has several
 */
export function spokeNamed(
  { clusters, sources }: FleetList,
  clusterName: string,
  arnOf: (place: ClusterPlace) => string,
): NamedSpoke {
  const place = clusterOfArn(clusterName);
  const found = clusters.filter(
    place === undefined
      ? ({ name }) => name === clusterName
      : ({ name, account, region }) => name === place.name && account === place.account && region === place.region,
  );
  const [spoke] = found;
  if (spoke === undefined) {
    const source = sources.find(({ account, region }) => account === place?.account && region === place.region);
    if (place !== undefined && source !== undefined) return { ...place, roles: source.roles, tag: source.tag };
    const discovered =
      sources.length === 0 ? "" : " A cluster that is discovered by its tag has to be named by its ARN.";
    throw new RemediationError(
      "ClusterNotFound",
      `${clusterName} is neither this hub's own cluster nor one of its list. Check cluster_name, or add the cluster to the list.${discovered}`,
    );
  }
  if (found.length > 1) {
    throw new RemediationError(
      "InvalidRequest",
      `The request is refused: cluster_name: ${found.length} clusters are called ${clusterName}. Say which by its ARN: ${found.map(arnOf).join(" or ")}.`,
    );
  }
  return spoke;
}
