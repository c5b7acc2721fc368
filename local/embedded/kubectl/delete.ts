import type { Arguments } from "./arguments.ts";
import { pathOf, qualifiedKind, type Client } from "./client.ts";
import { objectsAt, targetsIn, type Found } from "./targets.ts";

/** How long a deletion is waited for when nothing is said, in seconds; kubectl has no end to it. */
const PATIENCE_SECONDS = 600;

/** `kubectl delete RESOURCE NAME... | --all`; waits until the objects are gone, unless `--wait=false`. */
export async function remove(client: Client, args: Arguments, words: readonly string[]): Promise<string> {
  const found = await present(client, args, words);
  const grace = args.option("grace-period");
  const body = {
    kind: "DeleteOptions",
    apiVersion: "v1",
    propagationPolicy: "Background",
    ...(grace === undefined ? {} : { gracePeriodSeconds: Number(grace) }),
  };
  for (const { path } of found) await client.request("DELETE", path, { body });
  if (args.isOn("wait", true)) {
    const gone = async ({ path, object }: Found) => (await client.find(path))?.metadata?.uid !== object.metadata?.uid;
    await client.until(
      async () => (await Promise.all(found.map(gone))).every(Boolean),
      args.seconds("timeout", PATIENCE_SECONDS),
    );
  }
  return found
    .map(({ resource, object }) => {
      const { name = "", namespace } = object.metadata ?? {};
      const place = namespace === undefined ? "" : ` from ${namespace} namespace`;
      return `${qualifiedKind(resource)} "${name}" deleted${place}\n`;
    })
    .join("");
}

/** The objects to delete; with `--ignore-not-found` those that are there. */
async function present(client: Client, args: Arguments, words: readonly string[]): Promise<Found[]> {
  const targets = await targetsIn(client, words);
  if (targets.some(({ name }) => name === undefined) || !args.isOn("ignore-not-found")) {
    return await objectsAt(client, args, targets);
  }
  const found = await Promise.all(
    targets.map(async ({ resource, name }) => {
      const path = pathOf(resource, args.namespace, name);
      const object = await client.find(path);
      return object === undefined ? [] : [{ resource, object, path }];
    }),
  );
  return found.flat();
}
