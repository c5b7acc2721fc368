/**
 * Which printed rows deserve a full read. A row is cleared only when its cells say that all is well: whatever they say
 * otherwise, known or not, makes it a suspect.
 * Source of the columns: kubernetes pkg/printers/internalversion/printers.go; for a custom resource, its definition
 */
export interface SuspectRule {
  /** The columns that the rule reads, by name; the first is the object's name. */
  columns: readonly [name: string, ...others: string[]];
  isSuspect: (...cells: string[]) => boolean;
  /** Whether no pod is wanted, so that the object does not count where workloads are counted; absent where no cell tells. */
  wantsNone?: (...cells: string[]) => boolean;
  /** What the rows are limited to. */
  query?: Record<string, string>;
  /** A column whose value the API server has an index by, so that an object is found in the whole cluster without a pass over all. */
  indexed?: IndexedColumn;
  /**
   * What objects with such a row have in common with others, so that many of them are read in one request. Of several that by
   * which the fewest others come is taken, and of equals the first.
   */
  batchesOf?: (...cells: string[]) => readonly Batch[];
}

/**
 * A label, or a field that the API can select by, and its value. It is a guess by the row: what does not come by it is looked
 * up by its name. Where the row leaves open which of two values a label has, the second one is asked for beside the first.
 */
export type Batch = { value: string } & (
  { label: string; or?: string; field?: never } | { field: string; label?: never; or?: never }
);

/** A column, the field that it shows, and what it shows where that is empty. */
export interface IndexedColumn {
  column: string;
  field: string;
  none: string;
}

/** `2/2`: all of what is wanted is there. */
export function isComplete(ready: string): boolean {
  const [have, want, ...rest] = ready.split("/");
  return rest.length === 0 && have !== "" && have === want;
}

/** The labels that a workload's selector asks its pods for, as it is printed: as a rule the workload has them itself. */
export function batchesIn(selector: string): Batch[] {
  return selector.split(",").flatMap((pair) => {
    const [, label, value] = /^([\w./-]+)=([\w.-]+)$/.exec(pair) ?? [];
    return label === undefined || value === undefined ? [] : [{ label, value }];
  });
}
