import { resourceOfName, RESOURCES, type NamedResource } from "../resources.ts";
import type { ApiObject } from "../api-object.ts";
import type { Arguments } from "./arguments.ts";
import { pathOf, type Client } from "./client.ts";

/** What a command is about: one object, or without a name a whole collection. */
export interface Target {
  resource: NamedResource;
  name?: string;
}

/**
 * Reads what a command is about: `deployment/web`, `deployment web db`, or `pods`.
 * @throws Error for a resource that the cluster does not have, in kubectl's words
 */
export async function targetsIn(client: Client, words: readonly string[]): Promise<Target[]> {
  if (words.some((word) => word.includes("/"))) {
    return await Promise.all(
      words.map(async (word) => {
        const [resource = "", name = ""] = word.split("/");
        return { resource: await resourceNamed(client, resource), name };
      }),
    );
  }
  const [resource = "", ...names] = words;
  const named = await resourceNamed(client, resource);
  return names.length === 0 ? [{ resource: named }] : names.map((name) => ({ resource: named, name }));
}

/** Asks the server only for a name that is none of the built-in resources'. @throws Error as above */
export async function resourceNamed(client: Client, name: string): Promise<NamedResource> {
  const resource = resourceOfName(name, RESOURCES) ?? resourceOfName(name, await client.customResources());
  if (resource === undefined) throw new Error(`error: the server doesn't have a resource type "${name}"`);
  return resource;
}

/** One target that has to have a name. */
export async function oneTarget(client: Client, words: readonly string[]): Promise<Required<Target>> {
  const [target] = await targetsIn(client, words);
  if (target?.name === undefined) throw new Error(`error: resource(s) were provided, but no name was specified`);
  return { resource: target.resource, name: target.name };
}

/** An object that a command is about. */
export interface Found {
  resource: NamedResource;
  object: ApiObject;
  path: string;
}

/** The objects that the words name, or that `--all` or `--selector` choose. @throws Refused NotFound */
export async function objectsOf(client: Client, args: Arguments, words: readonly string[]): Promise<Found[]> {
  return await objectsAt(client, args, await targetsIn(client, words));
}

/** As `objectsOf`, when it is known what the words name. @throws Refused NotFound */
export async function objectsAt(client: Client, args: Arguments, targets: readonly Target[]): Promise<Found[]> {
  const found = await Promise.all(
    targets.map(async ({ resource, name }) => {
      if (name !== undefined) {
        const path = pathOf(resource, args.namespace, name);
        return [{ resource, object: await client.request("GET", path), path }];
      }
      if (!args.isOn("all") && args.option("selector") === undefined && args.option("field-selector") === undefined) {
        throw new Error("error: resource(s) were provided, but no name was specified");
      }
      return await collectionOf(client, args, resource);
    }),
  );
  return found.flat();
}

/** The objects of a collection, of all namespaces if that is asked for. */
export async function collectionOf(client: Client, args: Arguments, resource: NamedResource): Promise<Found[]> {
  const namespace = args.isOn("all-namespaces") ? undefined : args.namespace;
  const { items } = await client.request<{ items: ApiObject[] }>("GET", pathOf(resource, namespace), {
    query: selectorsOf(args),
  });
  return items.map((object) => {
    const { namespace: place, name } = object.metadata ?? {};
    return { resource, object, path: pathOf(resource, place, name) };
  });
}

export function selectorsOf(args: Arguments): Record<string, string> {
  const labels = args.option("selector");
  const fields = args.option("field-selector");
  return {
    ...(labels === undefined ? {} : { labelSelector: labels }),
    ...(fields === undefined ? {} : { fieldSelector: fields }),
  };
}
