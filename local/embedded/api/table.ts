import { badRequest } from "../api-error.ts";
import { printerOf } from "../printers/printers.ts";
import type { Resource } from "../resources.ts";
import type { ApiObject } from "../api-object.ts";
import { listMetadata, type Page } from "./pages.ts";
import type { ApiRequest } from "./request.ts";

/** Whether a request asks for printed rows, or for metadata alone. */
export function asksFor({ accept = "" }: ApiRequest, form: "Table" | "PartialObjectMetadata"): boolean {
  return accept.split(",").some((type) => type.trim().startsWith("application/json;") && type.includes(`as=${form}`));
}

/** Objects as the API server prints them for people. @throws ApiError BadRequest */
export function tableOf(resource: Resource, page: Page, { query }: ApiRequest, now: Date): object {
  const printer = printerOf(resource);
  const include = query.get("includeObject") ?? "";
  if (!["", "Metadata", "Object", "None"].includes(include)) {
    const why = `includeObject: Invalid value: "${include}": must be 'Metadata', 'Object', 'None', or empty`;
    throw badRequest(`Unable to convert to Table as requested: ${why}`);
  }
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
    rows: page.items.map((object) => {
      const conditions = printer.conditions?.(object) ?? [];
      return {
        cells: printer.cells(object, now),
        ...(conditions.length === 0 ? {} : { conditions }),
        object: included(object, include),
      };
    }),
  };
}

function included(object: ApiObject, include: string): object | null {
  if (include === "None") return null;
  if (include === "Object") return object;
  return metadataOf(object);
}

/** An object's metadata as an object of its own. */
export function metadataOf({ metadata }: ApiObject): object {
  return { kind: "PartialObjectMetadata", apiVersion: "meta.k8s.io/v1", metadata };
}
