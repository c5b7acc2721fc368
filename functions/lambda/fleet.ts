import { ParameterNotFound } from "@aws-sdk/client-ssm";
import { refusalOf } from "../shared/aws/refusal.ts";
import { clusterOfArn, type ClusterPlace } from "../shared/cluster-name.ts";
import { rolesOfDiscovered } from "../shared/discovered.ts";
import { RemediationError } from "../shared/errors.ts";
import { Hub } from "../shared/hub.ts";
import { readFleetList, spokeNamed, type FleetList } from "./fleet-list.ts";
import { lastKnownGood } from "./last-known-good.ts";
import { readParameter, readParameters } from "./parameter.ts";

/** Where a cluster is, and as whom the function gets there. */
export interface Spoke extends ClusterPlace {
  arn: string;
  roleArn: string;
  externalId: string;
  /** The value that its tag has to have, where it is discovered; undefined where the list has it. */
  tag?: string | undefined;
}

/** A region of an account in which clusters are discovered, and as whom the function gets there. */
export interface DiscoveredSource {
  account: string;
  region: string;
  tag: string;
  /** How the names of the hub's roles there begin. */
  roles: string;
  externalId: string;
  /** The pause between looks at each of its clusters; undefined where none comes by itself. */
  everyMinutes: number | undefined;
}

/** How long a list is used before it is read again. */
const LIST_SECONDS = 15;

/** The hub that this function is part of, from the variable `EKS_HUB`; undefined where it looks after one cluster alone. */
export function hubOf(variable = process.env["EKS_HUB"]): Hub | undefined {
  return variable === undefined ? undefined : Hub.parse(JSON.parse(variable));
}

const lists = new Map<string, () => Promise<FleetList>>();

/**
 * Finds the cluster that a request names.
 * @returns undefined for the hub's own, which its functions reach as themselves
 * @throws RemediationError `ClusterNotFound`, `InvalidRequest` when several have that name, `FleetUnreadable`
 */
export async function findSpoke(hub: Hub, clusterName: string): Promise<Spoke | undefined> {
  const own = clusterOfArn(hub.own);
  if (clusterName === hub.own || clusterName === own?.name) return undefined;
  const list = await listOf(hub.parameter)();
  const partition = partitionOf(hub);
  const arnOf = (place: ClusterPlace) => arnIn(partition, place);
  const { roles, tag, name, account, region } = spokeNamed(list, clusterName, arnOf);
  const place = { name, account, region };
  const prefix = roles ?? (tag === undefined ? `${hub.name}-${name}` : rolesOfDiscovered(hub.name));
  return {
    ...place,
    arn: arnOf(place),
    roleArn: roleIn(hub, account, prefix),
    externalId: list.external_id,
    tag,
  };
}

/** The ARN of this function's role in another account. */
export function roleIn(hub: Hub, account: string, prefix: string): string {
  return `${roleStart(hub, account, prefix)}-${hub.function}`;
}

/** How the ARNs of the hub's roles in another account begin; a hyphen and a function's name follow. */
export function roleStart(hub: Hub, account: string, prefix: string): string {
  return `arn:${partitionOf(hub)}:iam::${account}:role/${prefix}`;
}

/**
 * Where clusters of the hub are discovered.
 * @throws RemediationError `FleetUnreadable`
 */
export async function sourcesOf(hub: Hub): Promise<DiscoveredSource[]> {
  const { sources, external_id: externalId, every_minutes: ofAll } = await listOf(hub.parameter)();
  return sources.map(({ account, region, tag, roles = rolesOfDiscovered(hub.name), every_minutes: own = ofAll }) => ({
    ...{ account, region, tag, roles, externalId },
    everyMinutes: own === false ? undefined : own,
  }));
}

/**
 * All clusters of the hub's list, with the minutes between looks; undefined where none comes by itself. The hub's own, which has a
 * schedule of its own, is none of them.
 * @throws RemediationError `FleetUnreadable`
 */
export async function clustersOf(hub: Hub): Promise<{ arn: string; everyMinutes: number | undefined }[]> {
  const { clusters, every_minutes: ofAll } = await listOf(hub.parameter)();
  return clusters
    .map(({ every_minutes: own = ofAll, ...place }) => ({
      arn: arnIn(partitionOf(hub), place),
      everyMinutes: own === false ? undefined : own,
    }))
    .filter(({ arn }) => arn !== hub.own);
}

/** The clusters of one hub are all in its partition. */
function partitionOf({ own }: Hub): string {
  return own.split(":")[1] ?? "aws";
}

/** The ARN of a cluster of a hub. */
export function arnOfCluster(hub: Hub, place: ClusterPlace): string {
  return arnIn(partitionOf(hub), place);
}

function arnIn(partition: string, { name, account, region }: ClusterPlace): string {
  return `arn:${partition}:eks:${region}:${account}:cluster/${name}`;
}

/** The list as the parameter has it: one that cannot be read, or is malformed, leaves the one before in force. */
function listOf(parameter: string): () => Promise<FleetList> {
  const known = lists.get(parameter);
  if (known !== undefined) return known;
  const read = lastKnownGood(async () => await readList(parameter), LIST_SECONDS);
  lists.set(parameter, read);
  return read;
}

async function readList(parameter: string): Promise<FleetList> {
  try {
    return await readFleetList(await readParameter(parameter), (names) =>
      readParameters(names.map((name) => `${parameter}/${name}`)),
    );
  } catch (error) {
    const { message, cause } = refusalOf(error);
    // Systems Manager says no more of it than its name.
    const why = error instanceof ParameterNotFound ? "there is no such parameter" : message;
    throw new RemediationError(
      "FleetUnreadable",
      `The list of clusters in the parameter ${parameter} cannot be used: ${why}. Correct it.`,
      { cause },
    );
  }
}
