import { fieldsOf, isFields } from "../api/fields.ts";
import type { ApiObject } from "../api-object.ts";
import type { Arguments } from "./arguments.ts";
import { MERGE, pathOf, printedName, STRATEGIC, type Client } from "./client.ts";
import { objectsOf, oneTarget } from "./targets.ts";

const PATCH_TYPES: Readonly<Record<string, string>> = {
  strategic: STRATEGIC,
  merge: MERGE,
  json: "application/json-patch+json",
};

/** `kubectl patch deployment/web -p '{...}'`, also with `--subresource=status` */
export async function patch(client: Client, args: Arguments, words: readonly string[]): Promise<string> {
  const { resource, name } = await oneTarget(client, words);
  const contentType = PATCH_TYPES[args.option("type") ?? "strategic"] ?? STRATEGIC;
  const body: unknown = JSON.parse(args.option("patch") ?? "{}");
  const subresource = args.option("subresource");
  const path = pathOf(resource, args.namespace, name) + (subresource === undefined ? "" : `/${subresource}`);
  const before = await client.request("GET", path);
  const after = await client.request("PATCH", path, { body, contentType, manager: args.manager("patch") });
  const same = before.metadata?.resourceVersion === after.metadata?.resourceVersion;
  return `${printedName(resource, name)} patched${same ? " (no change)" : ""}\n`;
}

/** `kubectl annotate pods --all key=value other-`, and `kubectl label` alike. */
export async function setMetadata(
  client: Client,
  args: Arguments,
  words: readonly string[],
  field: "annotations" | "labels",
): Promise<string> {
  const isChange = (word: string) => word.includes("=") || word.endsWith("-");
  const changes = Object.fromEntries(
    words.filter(isChange).map((word): [string, string | null] => {
      const at = word.indexOf("=");
      return at === -1 ? [word.slice(0, -1), null] : [word.slice(0, at), word.slice(at + 1)];
    }),
  );
  const found = await objectsOf(
    client,
    args,
    words.filter((word) => !isChange(word)),
  );
  const lines = [];
  const manager = args.manager(field === "annotations" ? "annotate" : "label");
  for (const { resource, object, path } of found) {
    if (!args.isOn("overwrite")) checkNothingOverwritten(object, field, changes);
    await client.request("PATCH", path, { body: { metadata: { [field]: changes } }, contentType: MERGE, manager });
    const done = field === "annotations" ? "annotated" : "labeled";
    lines.push(`${printedName(resource, object.metadata?.name ?? "")} ${done}\n`);
  }
  return lines.join("");
}

function checkNothingOverwritten(
  { metadata }: ApiObject,
  field: "annotations" | "labels",
  changes: Record<string, string | null>,
): void {
  const present = metadata?.[field] ?? {};
  const taken = Object.entries(changes).find(
    ([key, value]) => value !== null && present[key] !== undefined && present[key] !== value,
  );
  if (taken !== undefined) {
    const [key] = taken;
    throw new Error(`error: '${key}' already has a value (${present[key] ?? ""}), and --overwrite is false`);
  }
}

/** `kubectl scale deployment/web --replicas=3` */
export async function scale(client: Client, args: Arguments, words: readonly string[]): Promise<string> {
  const { resource, name } = await oneTarget(client, words);
  const replicas = Number(args.option("replicas"));
  if (!Number.isInteger(replicas)) throw new Error("error: --replicas has to be a whole number");
  const path = `${pathOf(resource, args.namespace, name)}/scale`;
  await client.request("PATCH", path, { body: { spec: { replicas } }, contentType: MERGE });
  return `${printedName(resource, name)} scaled\n`;
}

/** `kubectl set image deployment/web app=shop/web:2`; `*` stands for every container. */
export async function setImage(client: Client, args: Arguments, words: readonly string[]): Promise<string> {
  const images = words.filter((word) => word.includes("=")).map((word) => word.split(/=(.*)/s));
  const { resource, name } = await oneTarget(
    client,
    words.filter((word) => !word.includes("=")),
  );
  const path = pathOf(resource, args.namespace, name);
  const { spec } = await client.request("GET", path);
  const podSpec = fieldsOf(fieldsOf(fieldsOf(spec)["template"])["spec"]);
  const present = Array.isArray(podSpec["containers"]) ? podSpec["containers"].filter(isFields) : [];
  const containers = images.flatMap(([container, image]) => {
    const meant = present.filter((candidate) => container === "*" || candidate["name"] === container);
    if (meant.length === 0) throw new Error(`error: unable to find container named "${container ?? ""}"`);
    return meant.map((candidate) => ({ name: candidate["name"], image }));
  });
  const body = { spec: { template: { spec: { containers } } } };
  await client.request("PATCH", path, { body, contentType: STRATEGIC, manager: args.manager("set") });
  return `${printedName(resource, name)} image updated\n`;
}

/** `kubectl cordon node-0` and `kubectl uncordon node-0` */
export async function cordon(client: Client, words: readonly string[], unschedulable: boolean): Promise<string> {
  const { resource, name } = await oneTarget(client, ["node", ...words]);
  const body = { spec: { unschedulable: unschedulable ? true : null } };
  await client.request("PATCH", pathOf(resource, undefined, name), { body, contentType: MERGE });
  return `${printedName(resource, name)} ${unschedulable ? "cordoned" : "uncordoned"}\n`;
}
