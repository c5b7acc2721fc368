import { RESOURCES, groupVersionOf, type Resource } from "../resources.ts";
import { notServed } from "./status.ts";

/** What a path of the API leads to: a collection, an object, or a subresource of one. */
export interface Route {
  resource: Resource;
  namespace?: string;
  name?: string;
  subresource?: string;
}

/** The parts of a namespace that are no resources in it. */
const OF_A_NAMESPACE = ["status", "finalize"];

/**
 * Reads a path such as `/apis/apps/v1/namespaces/shop/deployments/web/scale`.
 * @param resources what is served
 * @returns undefined for a path that is not under a served group and version, or not to one of its custom resources
 * @throws ApiError NotFound for a resource that a built-in group does not have
 */
export function routeOf(path: string, resources: readonly Resource[] = RESOURCES): Route | undefined {
  const [root, ...rest] = path.split("/").filter(Boolean).map(decodeURIComponent);
  const groupVersion = root === "api" ? rest.shift() : root === "apis" ? rest.splice(0, 2).join("/") : undefined;
  const served = resources.filter((resource) => groupVersionOf(resource) === groupVersion);
  const group = groupVersion?.split("/")[0];
  if (served.length === 0 && RESOURCES.some((resource) => resource.group === group)) throw notServed();
  if (served.length === 0 || rest.length === 0) return undefined;
  const namespaced = rest[0] === "namespaces" && rest.length > 2 && !OF_A_NAMESPACE.includes(rest[2] ?? "");
  const namespace = namespaced ? rest.splice(0, 2)[1] : undefined;
  const [plural, name, subresource] = rest;
  const resource = served.find((candidate) => candidate.plural === plural);
  const fits = resource !== undefined && rest.length <= 3;
  if (!fits && served.every(({ custom }) => custom !== undefined)) return undefined;
  if (!fits || (namespace !== undefined && !resource.namespaced)) throw notServed();
  // Only a collection can be of every namespace.
  if (resource.namespaced && namespace === undefined && name !== undefined) throw notServed();
  return {
    resource,
    ...(namespace === undefined ? {} : { namespace }),
    ...(name === undefined ? {} : { name }),
    ...(subresource === undefined ? {} : { subresource }),
  };
}
