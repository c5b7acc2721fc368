import type { Reader } from "../shared/cluster/cluster.ts";
import { collectionOf, objectIn } from "../shared/cluster/paths.ts";
import { isRemediationError } from "../shared/errors.ts";
import { canExist } from "../shared/kubernetes/names.ts";
import type { ObjectMeta } from "../shared/kubernetes/types.ts";
import { referenceAbove, type OwnerReference } from "./owners.ts";

/** As far as custom resources are alike. The status is whatever their operator makes of it. */
export interface CustomResource {
  metadata?: ObjectMeta;
  status?: unknown;
}

/** A custom resource above a workload, as far as it was looked at. */
export type CustomOwner = { kind: string; name: string } & (
  { state: "there"; object: CustomResource } | { state: "gone" } | { state: "unread"; why: "forbidden" | "no answer" }
);

/** How far up is looked: an application, its part, what makes the pods. */
const MAX_LEVELS = 3;
/** `v1`, `v1beta1`. An owner reference may hold any text. */
const VERSION = /^v[0-9][a-z0-9]*$/;

/**
 * Reads the custom resources that own something, from the nearest up, as far as the policy names them. They explain and decide
 * nothing, so that what cannot be had is kept as such. Of another object than the one that its UID names, nothing is told.
 * @param metadata of what is owned
 * @param allowed the names of custom resource definitions: `storefronts.shop.example.com`
 */
export async function readCustomOwners(
  cluster: Reader,
  namespace: string,
  metadata: ObjectMeta | undefined,
  allowed: readonly string[],
): Promise<CustomOwner[]> {
  const owners: CustomOwner[] = [];
  let below = metadata;
  while (allowed.length > 0 && owners.length < MAX_LEVELS) {
    const reference = referenceAbove(below);
    const owner = reference === undefined ? undefined : await readOwner(cluster, namespace, reference, allowed);
    if (owner === undefined) break;
    owners.push(owner);
    if (owner.state !== "there") break;
    below = owner.object.metadata;
  }
  return owners;
}

async function readOwner(
  cluster: Reader,
  namespace: string,
  reference: OwnerReference,
  allowed: readonly string[],
): Promise<CustomOwner | undefined> {
  const { apiVersion, kind, name, uid } = reference;
  const [group = "", version = "", ...more] = apiVersion.split("/");
  const isNamed = allowed.some((resource) => resource.slice(resource.indexOf(".") + 1) === group);
  if (!isNamed || more.length > 0 || !VERSION.test(version) || !canExist({ group, kind, name })) return undefined;
  try {
    const resource = (await resourcesOf(cluster, `${group}/${version}`)).find((some) => some.kind === kind);
    if (resource === undefined || !allowed.includes(`${resource.name}.${group}`)) return undefined;
    const collection = collectionOf(
      { apiVersion: `${group}/${version}`, plural: resource.name },
      resource.namespaced ? namespace : undefined,
    );
    const object = await cluster.get<CustomResource>(objectIn(collection, name));
    return object.metadata?.uid === uid ? { kind, name, state: "there", object } : { kind, name, state: "gone" };
  } catch (error) {
    if (!isRemediationError(error)) throw error;
    if (isRemediationError(error, "NotFound")) return { kind, name, state: "gone" };
    return { kind, name, state: "unread", why: isRemediationError(error, "Forbidden") ? "forbidden" : "no answer" };
  }
}

interface ApiResource {
  /** The plural, as it stands in paths. */
  name: string;
  kind: string;
  namespaced: boolean;
}

/** What there is in a version of an API group; subresources left out. Everybody who is authenticated may ask. */
async function resourcesOf(cluster: Reader, groupVersion: string): Promise<ApiResource[]> {
  const { resources = [] } = await cluster.get<{ resources?: ApiResource[] }>(`/apis/${groupVersion}`);
  return resources.filter(({ name }) => !name.includes("/"));
}
