import { stringify } from "yaml";
import type { Cell } from "../printers/printer.ts";
import type { ApiObject } from "../api-object.ts";
import type { Arguments } from "./arguments.ts";
import { pathOf, printedName, type Client } from "./client.ts";
import { collectionOf, selectorsOf, targetsIn, type Found, type Target } from "./targets.ts";

const TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";

interface PrintedTable {
  columnDefinitions: { name: string; priority: number }[];
  rows: { cells: Cell[] }[];
}

/** `kubectl get RESOURCE [NAME] [-o json|yaml|name|wide]` */
export async function get(client: Client, args: Arguments, words: readonly string[]): Promise<string> {
  const output = args.option("output") ?? "";
  const targets = await targetsIn(client, words);
  if (output === "" || output === "wide") {
    const tables = await Promise.all(targets.map((target) => tableText(client, args, target, output === "wide")));
    return tables.join("\n");
  }
  const found = (await Promise.all(targets.map((target) => read(client, args, target)))).flat();
  if (output === "name") {
    return found.map(({ resource, object }) => `${printedName(resource, object.metadata?.name ?? "")}\n`).join("");
  }
  const single = targets.length === 1 && targets[0]?.name !== undefined;
  const items = found.map(({ object }) => withoutManagedFields(object));
  const [item] = items;
  const shown =
    single && item !== undefined ? item : { apiVersion: "v1", items, kind: "List", metadata: { resourceVersion: "" } };
  if (output === "json") return `${JSON.stringify(shown, undefined, 4)}\n`;
  if (output === "yaml") return stringify(shown);
  throw new Error(`error: unable to match a printer suitable for the output format "${output}"`);
}

/** kubectl keeps to itself who wrote what. */
function withoutManagedFields(object: ApiObject): ApiObject {
  const { managedFields: _written, ...metadata } = object.metadata ?? {};
  return { ...object, metadata };
}

async function read(client: Client, args: Arguments, { resource, name }: Target): Promise<Found[]> {
  if (name === undefined) {
    const { apiVersion, kind } = { apiVersion: resource.version, kind: resource.kind };
    const group = resource.group === "" ? "" : `${resource.group}/`;
    return (await collectionOf(client, args, resource)).map((found) => ({
      ...found,
      object: { apiVersion: `${group}${apiVersion}`, kind, ...found.object },
    }));
  }
  const path = pathOf(resource, args.namespace, name);
  return [{ resource, object: await client.request("GET", path), path }];
}

async function tableText(client: Client, args: Arguments, { resource, name }: Target, wide: boolean): Promise<string> {
  const namespace = args.isOn("all-namespaces") ? undefined : args.namespace;
  const table = await client.request<PrintedTable>("GET", pathOf(resource, namespace, name), {
    accept: TABLE,
    query: selectorsOf(args),
  });
  if (table.rows.length === 0) return `No resources found in ${args.namespace} namespace.\n`;
  const shown = table.columnDefinitions.map(({ priority }) => wide || priority === 0);
  const lines = [
    table.columnDefinitions.map((column) => column.name.toUpperCase()),
    ...table.rows.map(({ cells }) => cells.map((cell) => (cell === null ? "" : String(cell)))),
  ].map((cells) => cells.filter((_cell, index) => shown[index]));
  const widths = (lines[0] ?? []).map((_cell, column) => Math.max(...lines.map((cells) => cells[column]?.length ?? 0)));
  return lines
    .map(
      (cells) =>
        `${cells
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join("   ")
          .trimEnd()}\n`,
    )
    .join("");
}
