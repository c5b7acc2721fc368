import * as z from "zod";
import { clusterOfArn, plainClusterName, type ClusterPlace } from "../shared/cluster-name.ts";
import { RemediationError } from "../shared/errors.ts";
import { describeIssues } from "../shared/validation.ts";

/** How a role's name may begin. With the name of a function after it, it is at most as long as IAM allows. */
const ROLES = /^[\w+=,.@-]{1,44}$/;

/** The pauses between looks that nobody asks for, in minutes; `false` where nobody looks unless something asks for it. */
const EveryMinutes = z.union([z.literal(false), z.int().min(1).max(1_440)]);

/** A cluster that a hub looks after beside its own. */
const Spoke = z.strictObject({
  name: plainClusterName,
  account: z.string().regex(/^\d{12}$/, "must be an account's 12 digits"),
  region: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d+$/, "must be the name of a region"),
  /** How the names of its roles begin, where that is not the hub's name and the cluster's. */
  roles: z.string().regex(ROLES, "must be the beginning of a role's name, of at most 44 characters").optional(),
  /** How often it is looked at, where that is not as for all. */
  every_minutes: EveryMinutes.optional(),
});
export type Spoke = z.output<typeof Spoke>;

/** What the parameter of a hub holds, as JSON. */
export const FleetList = z
  .strictObject({
    /** What the roles of all spokes ask for. Source: the AWS STS API reference, AssumeRole */
    external_id: z.string().regex(/^[\w+=,.@:/-]{2,1224}$/, "must be an external id"),
    /** How often each cluster is looked at, unless it says otherwise. */
    every_minutes: EveryMinutes.default(5),
    clusters: z.array(Spoke).default([]),
  })
  .superRefine(({ clusters }, context) => {
    const seen = new Set<string>();
    for (const [index, { name, account, region }] of clusters.entries()) {
      const place = [name, account, region].join();
      if (seen.has(place)) context.addIssue({ code: "custom", path: ["clusters", index], message: "is there twice" });
      seen.add(place);
    }
  });
export type FleetList = z.output<typeof FleetList>;

/** Reads a list from JSON text. @throws Error saying what is wrong with it */
export function parseFleetList(text: string): FleetList {
  const parsed = FleetList.safeParse(JSON.parse(text));
  if (!parsed.success) throw new Error(describeIssues(parsed.error));
  return parsed.data;
}

/**
 * The cluster that a request names, by its ARN or by a name that only one has.
 * @throws RemediationError `ClusterNotFound` when the list has none, `InvalidRequest` when it has several
 */
export function spokeNamed(
  { clusters }: FleetList,
  clusterName: string,
  arnOf: (place: ClusterPlace) => string,
): Spoke {
  const place = clusterOfArn(clusterName);
  const found = clusters.filter(
    place === undefined
      ? ({ name }) => name === clusterName
      : ({ name, account, region }) => name === place.name && account === place.account && region === place.region,
  );
  const [spoke] = found;
  if (spoke === undefined) {
    throw new RemediationError(
      "ClusterNotFound",
      `${clusterName} is neither this hub's own cluster nor one of its list. Check cluster_name, or add the cluster to the list.`,
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
