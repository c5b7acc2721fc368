import type { Batch, SuspectRule } from "../kinds/suspects.ts";

/** So many others at most are left out by their names, for each suspect and in all: each name makes the URL longer. */
const MOST_NAMED = { each: 30, all: 90 };
/** So many objects come at most with each suspect in a batch, itself included, where the others are not left out. */
export const MOST_WITH_EACH = 10;

/** What a suspect is read by together with others. */
export interface Choice {
  batch: Batch;
  /** The names of those that would come with it, are no suspects, and are to be left out by their names. */
  others: readonly string[];
}

/** The suspects that have a value of a label or a field, and the names of the others that have it. */
interface Sharers {
  suspects: number;
  others: Set<string>;
}

/**
 * By what each suspect is read together with others: of what it may have in common with them that by which the fewest others
 * come, and nothing where these are too many. By the rows: all are counted. Pure.
 * @param ways what each suspect may have in common with others
 * @param names of the suspects
 */
export function chooseBatches<Suspect>(
  ways: ReadonlyMap<Suspect, readonly Batch[]>,
  names: ReadonlySet<string>,
  rows: readonly string[][],
  { batchesOf }: SuspectRule,
): Map<Suspect, Choice> {
  const sharers = new Map<string, Sharers>();
  for (const key of [...ways.values()].flat().flatMap(keysOf)) {
    const { suspects = 0, others = new Set<string>() } = sharers.get(key) ?? {};
    sharers.set(key, { suspects: suspects + 1, others });
  }
  if (sharers.size === 0) return new Map();
  for (const cells of rows) {
    const [name = ""] = cells;
    if (names.has(name)) continue;
    for (const key of (batchesOf?.(...cells) ?? []).flatMap(keysOf)) sharers.get(key)?.others.add(name);
  }
  const choices = [...ways].flatMap(([suspect, batches]) => {
    const [least] = batches.flatMap((batch) => choiceOf(batch, sharers)).sort((a, b) => a.share - b.share);
    return least === undefined ? [] : [[suspect, least] as const];
  });
  return new Map(choices);
}

/** The batch with those of its values by which not too many others come, and how many there are for each suspect. */
function choiceOf(batch: Batch, sharers: ReadonlyMap<string, Sharers>): (Choice & { share: number })[] {
  const open = valuesOf(batch).flatMap((value) => {
    const { suspects, others } = sharers.get(keyOf(batch, value)) ?? { suspects: 1, others: new Set<string>() };
    const share = others.size / suspects;
    if (others.size <= MOST_NAMED.all && share <= MOST_NAMED.each) return [{ value, share, others: [...others] }];
    return 1 + share <= MOST_WITH_EACH ? [{ value, share, others: [] }] : [];
  });
  const [first, second] = open;
  if (first === undefined) return [];
  const { or: _or, ...rest } = { ...batch, value: first.value };
  const chosen: Batch = rest.label === undefined || second === undefined ? rest : { ...rest, or: second.value };
  const share = Math.max(...open.map((each) => each.share));
  return [{ batch: chosen, others: open.flatMap(({ others }) => others), share }];
}

/** The values that are asked for. */
export function valuesOf(batch: Batch | undefined): string[] {
  if (batch === undefined) return [];
  return batch.or === undefined ? [batch.value] : [batch.value, batch.or];
}

function keysOf(batch: Batch): string[] {
  return valuesOf(batch).map((value) => keyOf(batch, value));
}

function keyOf(batch: Batch, value: string): string {
  return `${batch.label ?? batch.field}=${value}`;
}
