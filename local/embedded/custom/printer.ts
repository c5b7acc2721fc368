import type { PrinterColumn } from "./traits.ts";
import { ageCell } from "../printers/age.ts";
import { nameOf, type Cell, type Column, type Printer } from "../printers/printer.ts";
import type { ApiObject } from "../api-object.ts";
import { jsonPath } from "./json-path.ts";

/** What is printed of a kind whose definition names no columns. */
const AGE: PrinterColumn = { name: "Age", type: "date", jsonPath: ".metadata.creationTimestamp" };

/**
 * How objects of a definition are printed: by their name, and by its columns.
 * Source: k8s.io/apiextensions-apiserver/pkg/registry/customresource/tableconvertor
 * @throws Error for a column whose path cannot be read
 */
export function customPrinter(columns: readonly PrinterColumn[] = [AGE]): Printer<ApiObject> {
  const read = columns.map((column) => ({ type: column.type, valuesAt: jsonPath(column.jsonPath) }));
  return {
    columns: [{ name: "Name", type: "string", priority: 0 }, ...columns.map(columnOf)],
    cells: (object, now) => [
      nameOf(object),
      ...read.map(({ type, valuesAt }) => cellOf(valuesAt(object)[0], type, now)),
    ],
  };
}

function columnOf({ name, type, priority = 0 }: PrinterColumn): Column {
  return { name, type: type as Column["type"], priority: priority > 0 ? 1 : 0 };
}

/** A value as a cell; null for one that is missing, or of another type than its column. */
function cellOf(value: unknown, type: string, now: Date): Cell {
  if (value === undefined || value === null) return null;
  switch (type) {
    case "string":
      return typeof value === "string" ? value : JSON.stringify(value);
    case "integer":
      return typeof value === "number" ? Math.trunc(value) : null;
    case "number":
      return typeof value === "number" ? value : null;
    case "boolean":
      return typeof value === "boolean" ? value : null;
    case "date":
      if (typeof value !== "string") return null;
      return Number.isNaN(Date.parse(value)) ? "<invalid>" : ageCell(value, now);
    default:
      return null;
  }
}
