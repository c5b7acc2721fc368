import type { Batch, IndexedColumn, SuspectRule } from "../kinds/suspects.ts";
import { chooseBatches } from "./batch-choice.ts";
import { inTurn } from "./fair.ts";
import { cellsOf, type Table } from "./table.ts";

/** What the rows of a collection tell. */
export interface Rows {
  collection: string;
  rule: SuspectRule;
  /** What the rows were limited to. */
  query: Record<string, string>;
  /** Whether the collection is that of the whole cluster, whose rows do not tell the namespace. */
  everywhere: boolean;
  /** How many objects there are; undefined where the server prints other columns. */
  seen: number | undefined;
  /** The suspects, those whose names begin alike in turn: the pods of one workload do not hide those of another. */
  suspects: Suspect[];
}

/** A row that deserves a full read. */
export interface Suspect {
  name: string;
  /** What finds it in the whole cluster, and whatever else has its name. */
  selector: string;
  /** How many rows have that name and that value, those included that are no suspects. */
  count: number;
  /** How many of these may fail. */
  suspected: number;
  /** What it may be read by together with others; undefined where too much that is well would come with them. */
  batch: Batch | undefined;
  /** The names of those that would come with it, and are no suspects. */
  others: readonly string[];
}

/**
 * The rows of a collection of one namespace, or of the whole cluster, and the suspects among them.
 * @param isSuspect in place of the rule's; the indexed column's cell comes last
 * @param query what the rows were limited to, in place of the rule's
 */
export function rowsIn(
  table: Table,
  collection: string,
  rule: SuspectRule,
  {
    everywhere,
    isSuspect = rule.isSuspect,
    query = rule.query ?? {},
  }: { everywhere: boolean; isSuspect?: SuspectRule["isSuspect"]; query?: Record<string, string> },
): Rows {
  const { columns, indexed } = rule;
  const rows = cellsOf(table, [...columns, ...(indexed === undefined ? [] : [indexed.column])]);
  const suspects = new Map<string, Suspect>();
  const ways = new Map<string, readonly Batch[]>();
  for (const cells of (rows ?? []).filter((cells) => isSuspect(...cells))) {
    const [name = ""] = cells;
    const selector = selectorFor(rule, name, cells.at(-1) ?? "");
    const suspected = (suspects.get(selector)?.suspected ?? 0) + 1;
    suspects.set(selector, { name, selector, count: 0, suspected, batch: undefined, others: [] });
    ways.set(selector, rule.batchesOf?.(...cells) ?? []);
  }
  const names = new Set([...suspects.values()].map(({ name }) => name));
  for (const cells of rows ?? []) {
    const [name = ""] = cells;
    const suspect = names.has(name) ? suspects.get(selectorFor(rule, name, cells.at(-1) ?? "")) : undefined;
    if (suspect !== undefined) suspect.count++;
  }
  for (const [selector, choice] of chooseBatches(ways, names, rows ?? [], rule)) {
    Object.assign(suspects.get(selector) ?? {}, { batch: choice.batch, others: choice.others });
  }
  const inTurns = inTurn([...suspects.values()], ({ name }) => stemOf(name));
  return { collection, rule, query, everywhere, seen: rows?.length, suspects: inTurns };
}

/** How many objects that may fail these stand for. */
export function suspectedAmong(suspects: readonly Suspect[]): number {
  return suspects.reduce((sum, { suspected }) => sum + suspected, 0);
}

/** What selects the objects of that name, and of that value in the indexed column. */
export function selectorFor({ indexed }: SuspectRule, name: string, cell: string): string {
  return `metadata.name=${escaped(name)}${indexed === undefined ? "" : `,${selectorOf(indexed, cell)}`}`;
}

/** What selects the objects whose row shows this in an indexed column. */
export function selectorOf({ field, none }: IndexedColumn, cell: string): string {
  return `${field}=${cell === none ? "" : escaped(cell)}`;
}

/** A value as it stands in a field selector. Source: k8s.io/apimachinery, fields.EscapeValue */
export function escaped(value: string): string {
  // Names of objects have none of these: so many are looked at that it matters.
  return /[\\,=]/.test(value) ? value.replaceAll(/[\\,=]/g, "\\$&") : value;
}

/** What the names of one workload's pods have in common, as a rule: `api-7d9c5b8f6d-x2v4k`, `db-0`. */
function stemOf(name: string): string {
  return name.slice(0, Math.max(0, name.lastIndexOf("-")));
}
