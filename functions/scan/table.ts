import type { ObjectMeta } from "../shared/kubernetes/types.ts";

/**
 * A collection as the API server prints it for people: one row an object, with the cells that `kubectl get` shows. Rows
 * cost a fiftieth of what full objects cost.
 * Source: k8s.io/apimachinery, meta/v1 Table; kubernetes.io/docs/reference/using-api/api-concepts
 */
export interface Table {
  kind: string;
  columnDefinitions: { name: string }[];
  /** Absent when there are none. */
  rows?: Row[] | null;
}

/** One object: its cells, and its metadata where that was asked for. */
export interface Row {
  cells: unknown[];
  object?: { metadata?: ObjectMeta };
}

/**
 * The rows' cells under the columns of these names, in the order of the names. Other columns are ignored, wherever they
 * stand. Cells are made for display: good for finding suspects, never for deciding.
 * @returns undefined when a column is missing, so that cells of other meaning are never mistaken for these
 */
export function cellsOf(table: Table, names: readonly string[]): string[][] | undefined {
  if (table.kind !== "Table") return undefined;
  // Something else than an API server may answer with anything.
  const columns = (table as Partial<Table>).columnDefinitions ?? [];
  const present = columns.map(({ name }) => name.toLowerCase());
  const indexes = names.map((name) => present.indexOf(name.toLowerCase()));
  if (indexes.includes(-1)) return undefined;
  return (table.rows ?? []).map(({ cells }) => indexes.map((index) => cellText(cells[index])));
}

/** Cells are strings and numbers; a cell of another type is nothing that a rule could read. */
function cellText(cell: unknown): string {
  return typeof cell === "string" || typeof cell === "number" ? `${cell}` : "";
}
