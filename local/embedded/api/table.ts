import { printerOf } from "../printers/printers.ts";
import type { Resource } from "../resources.ts";
import type { ApiObject } from "../store.ts";
import { listMetadata, type Page } from "./pages.ts";
import type { ApiRequest } from "./request.ts";

/** Whether a request asks for printed rows. */
export function asksForTable({ accept = "" }: ApiRequest): boolean {
  return /application\/json\s*;[^,]*as=Table/.test(accept);
}

/** Objects as the API server prints them for people. */
export function tableOf(resource: Resource, page: Page, { query }: ApiRequest, now: Date): object {
  const printer = printerOf(resource);
  const include = query.get("includeObject") ?? "Metadata";
  return {
    kind: "Table",
    apiVersion: "meta.k8s.io/v1",
    metadata: listMetadata(page),
    columnDefinitions: printer.columns.map(({ name, type, priority }) => ({
      name,
      type,
      format: name === "Name" ? "name" : "",
      description: "",
      priority,
    })),
    rows: page.items.map((object) => ({ cells: printer.cells(object, now), object: included(object, include) })),
  };
}

function included(object: ApiObject, include: string): object | null {
  if (include === "None") return null;
  if (include === "Object") return object;
  return { kind: "PartialObjectMetadata", apiVersion: "meta.k8s.io/v1", metadata: object.metadata };
}
