import { parseAllDocuments } from "yaml";
import { fieldsOf, isFields, type Fields } from "../api/fields.ts";
import { mergeKeyOf } from "../api/strategic-merge.ts";
import type { ApiObject } from "../api-object.ts";
import type { Arguments } from "./arguments.ts";
import { RESOURCES, type NamedResource } from "../resources.ts";
import { MERGE, pathOf, printedName, STRATEGIC, type Client } from "./client.ts";
import { resourceNamed } from "./targets.ts";

/** Where kubectl keeps what it applied last, to know which fields are gone from the manifest. */
const LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

/** kubectl wants fields refused that the server does not know. */
const STRICT = { fieldValidation: "Strict" };

/** Creates or changes what the manifests say, one YAML document after the other. */
export async function apply(client: Client, args: Arguments, text: string): Promise<string> {
  const lines: string[] = [];
  for (const document of parseAllDocuments(text)) {
    if ("errors" in document && document.errors.length > 0) throw new Error(`error: ${String(document.errors[0])}`);
    const manifest: unknown = document.toJS();
    if (manifest !== null) lines.push(await applyOne(client, args, fieldsOf(manifest)));
  }
  if (lines.length === 0) throw new Error("error: no objects passed to apply");
  return lines.join("");
}

async function applyOne(client: Client, args: Arguments, manifest: Fields): Promise<string> {
  const kind = manifest["kind"];
  const resource = await resourceNamed(client, typeof kind === "string" ? kind : "");
  const metadata = fieldsOf(manifest["metadata"]) as NonNullable<ApiObject["metadata"]>;
  const { name = "", namespace = args.namespace } = metadata;
  const placed = resource.namespaced ? { ...manifest, metadata: { ...metadata, namespace } } : manifest;
  if (args.isOn("server-side")) return await applyOnServer(client, args, resource, placed);
  const manager = args.manager("client-side-apply");
  const applied = withAnnotation(placed, `${JSON.stringify(placed)}\n`);
  const path = pathOf(resource, namespace, name);
  const current = await client.find(path);
  if (current === undefined) {
    await client.request("POST", pathOf(resource, namespace), { body: applied, query: STRICT, manager });
    return `${printedName(resource, name)} created\n`;
  }
  const last = current.metadata?.annotations?.[LAST_APPLIED];
  const contentType = mergesByKey(resource) ? STRATEGIC : MERGE;
  const removed = last === undefined ? {} : removals(fieldsOf(JSON.parse(last)), placed, contentType === STRATEGIC);
  const body = overlaid(applied, removed);
  const changed = await client.request("PATCH", path, { body, contentType, query: STRICT, manager });
  const same = changed.metadata?.resourceVersion === current.metadata?.resourceVersion;
  return `${printedName(resource, name)} ${same ? "unchanged" : "configured"}\n`;
}

/** `kubectl apply --server-side`, which leaves to the server what is to be changed. */
async function applyOnServer(
  client: Client,
  args: Arguments,
  resource: NamedResource,
  manifest: Fields,
): Promise<string> {
  const { name = "", namespace } = fieldsOf(manifest["metadata"]) as NonNullable<ApiObject["metadata"]>;
  const manager = args.option("field-manager") ?? "kubectl";
  const query = { ...STRICT, force: String(args.isOn("force-conflicts")) };
  const call = { body: manifest, contentType: "application/apply-patch+yaml", query, manager };
  await client.request("PATCH", pathOf(resource, namespace, name), call);
  return `${printedName(resource, name)} serverside-applied\n`;
}

/** Whether a strategic merge patch can tell the elements of its lists apart; of others, lists are replaced. */
function mergesByKey({ group, kind }: NamedResource): boolean {
  return RESOURCES.some((known) => known.group === group && known.kind === kind) && group !== "apiextensions.k8s.io";
}

function withAnnotation(manifest: Fields, value: string): Fields {
  const metadata = fieldsOf(manifest["metadata"]);
  const annotations = { ...fieldsOf(metadata["annotations"]), [LAST_APPLIED]: value };
  return { ...manifest, metadata: { ...metadata, annotations } };
}

/**
 * The part of a merge patch that removes what was applied last and is wanted no more.
 * @param byKey whether elements of lists are removed one by one, as a strategic merge patch can
 */
export function removals(last: Fields, wanted: Fields, byKey = true): Fields {
  return Object.fromEntries(
    Object.entries(last).flatMap(([name, value]): [string, unknown][] => {
      const now = wanted[name];
      if (now === undefined || now === null) return [[name, null]];
      const both = isFields(value) && isFields(now);
      const elements = () => (byKey ? removedElements(name, value, now) : []);
      const removed = both ? removals(value, now, byKey) : elements();
      return Object.keys(removed).length === 0 ? [] : [[name, removed]];
    }),
  );
}

/** As `removals`, for two lists whose elements are told apart by a key. */
function removedElements(list: string, last: unknown, wanted: unknown): Fields[] {
  if (!Array.isArray(last) || !Array.isArray(wanted)) return [];
  return last.filter(isFields).flatMap((element) => {
    const key = mergeKeyOf(list, element);
    if (key === undefined) return [];
    const identity = { [key]: element[key] };
    const now = wanted.filter(isFields).find((candidate) => candidate[key] === element[key]);
    if (now === undefined) return [{ ...identity, $patch: "delete" }];
    const removed = removals(element, now);
    return Object.keys(removed).length === 0 ? [] : [{ ...identity, ...removed }];
  });
}

/** A manifest together with the removals from what it replaces, as one patch. */
function overlaid(manifest: Fields, removed: Fields): Fields {
  const patch: Fields = { ...manifest };
  for (const [name, value] of Object.entries(removed)) patch[name] = overlaidValue(name, patch[name], value);
  return patch;
}

function overlaidValue(name: string, wanted: unknown, removed: unknown): unknown {
  if (isFields(wanted) && isFields(removed)) return overlaid(wanted, removed);
  if (!Array.isArray(wanted) || !Array.isArray(removed)) return removed;
  return removed.filter(isFields).reduce<unknown[]>((list, element) => {
    const key = mergeKeyOf(name, element) ?? "";
    const index = list.findIndex((candidate) => fieldsOf(candidate)[key] === element[key]);
    return index === -1 ? [...list, element] : list.with(index, overlaid(fieldsOf(list[index]), element));
  }, wanted);
}
