import type { Table } from "../../../functions/scan/table.ts";
import type { LabelSelector } from "../../../functions/shared/kubernetes/label-selector.ts";
import type { ObjectMeta, PodTemplate } from "../../../functions/shared/kubernetes/types.ts";
import { printedSelector } from "../api/label-selector.ts";

export type Cell = string | number | boolean;

export interface Column {
  name: string;
  type: "string" | "integer" | "boolean";
  /** 1 for what only `kubectl get -o wide` shows. */
  priority: 0 | 1;
}

/**
 * How the API server prints one kind of object: its columns, the wide ones included, and the cells of a row.
 * Modelled on kubernetes pkg/printers/internalversion/printers.go
 */
export interface Printer<T> {
  columns: readonly Column[];
  cells: (object: T, now: Date) => Cell[];
  /** What is so of the whole row. */
  conditions?: (object: T) => RowCondition[];
}

/** Something that is so of a row, by which clients tell rows apart. */
export interface RowCondition {
  type: "Completed";
  status: "True";
  reason: string;
  message: string;
}

/** Columns of text; those after a `|` are wide. */
export function columns(names: string, types: Partial<Record<string, Column["type"]>> = {}): Column[] {
  const [narrow = "", wide = ""] = names.split("|");
  const of = (part: string, priority: 0 | 1) =>
    part
      .split(",")
      .map((name) => name.trim())
      .filter((name) => name !== "")
      .map((name) => ({ name, type: types[name] ?? ("string" as const), priority }));
  return [...of(narrow, 0), ...of(wide, 1)];
}

export const nameOf = ({ metadata }: { metadata?: ObjectMeta }): string => metadata?.name ?? "";

/** The names and the images of a template's containers, as two cells. */
export function containerCells(template: PodTemplate | undefined): [string, string] {
  const containers = template?.spec?.containers ?? [];
  return [containers.map(({ name }) => name).join(","), containers.map(({ image }) => image ?? "").join(",")];
}

/** A label selector as a cell. */
export function selectorCell(selector: LabelSelector | undefined): string {
  const text = printedSelector(selector);
  return text === "" ? "<none>" : text;
}

/** A Table without its objects, as a server answers at that moment that is asked for nothing else. */
export function printed<T>({ columns: of, cells }: Printer<T>, objects: readonly T[], now: Date): Table {
  return {
    kind: "Table",
    columnDefinitions: of.map(({ name }) => ({ name })),
    rows: objects.map((object) => ({ cells: cells(object, now) })),
  };
}
