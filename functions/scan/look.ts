import { objectIn } from "../shared/cluster/paths.ts";
import type { Named } from "../kinds/kind.ts";
import type { SuspectRule } from "../kinds/suspects.ts";
import { RemediationError } from "../shared/errors.ts";
import { groupsOf, readTogether } from "./batches.ts";
import { isLate } from "./late.ts";
import { rowsIn, type Rows } from "./suspect-rows.ts";
import type { Table } from "./table.ts";
import type { Spot, View } from "./view.ts";

/** What a look at one collection brought. */
export interface Look<Kept> {
  /** How many objects there are. */
  seen: number;
  /** What was kept of the objects that may fail. */
  suspects: Kept[];
}

/** What is kept of an object that was read in full; undefined when nothing is. */
export type Keep<T, Kept> = (object: T) => Kept | undefined;

/** So few suspects are always read one by one; more of them where they are a small share of all. */
const FEW = 50;
const MANY_SHARE = 1 / 4;
/** So many names at most are looked up in the whole cluster: for each, the API server passes all objects. */
const MANY_EVERYWHERE = 300;

/**
 * Looks at a collection: rows to find suspects, full reads of these alone.
 * @param everywhere whether it is that of all namespaces: rows do not tell the namespace, so that a suspect is looked up by its
 *   name, which may be one in several
 */
export async function look<T extends Named, Kept>(
  view: View,
  spot: Spot,
  collection: string,
  rule: SuspectRule,
  keep: Keep<T, Kept>,
  everywhere = false,
): Promise<Look<Kept>> {
  const table = await view.cluster.table<Table>(collection, rule.query);
  return await readSuspects(view, spot, rowsIn(table, collection, rule, { everywhere }), keep);
}

/**
 * Reads suspects: in batches, one by one, or with the whole collection where they are many, or the server prints other columns.
 * An object is in memory only until it is known what is kept of it. What there is no time for becomes a blind spot.
 * @param most how many are read at most that come in no batch
 * @throws RemediationError `TooMuchToRead` where there are more
 */
export async function readSuspects<T extends Named, Kept>(
  view: View,
  spot: Spot,
  rows: Rows,
  keep: Keep<T, Kept>,
  most = Infinity,
): Promise<Look<Kept>> {
  const kept = new Map<string, Kept>();
  const waiting = new Set(rows.suspects.map(({ name }) => name));
  const of = waiting.size;
  let number = 0;
  const take = (object: T) => {
    const { namespace = "", name = "" } = object.metadata ?? {};
    number++;
    waiting.delete(name);
    const part = keep(object);
    // A list whose token expires begins anew.
    if (part !== undefined) kept.set(`${namespace}/${name}`, part);
  };
  const isAll = rows.seen === undefined || (isManyAmong(rows) && !rows.everywhere);
  const isTogether = !isAll && groupsOf(rows.suspects).length > 0;
  const rest = isTogether ? { ...rows, suspects: await readTogether(view, rows, take) } : rows;
  // With no time left for another way, what came is kept, and what did not is noted.
  const isOtherWayOpen = number === 0 || !isLate();
  if (rest.suspects.length > most && isOtherWayOpen) {
    throw new RemediationError("TooMuchToRead", "Too many of them may fail.");
  }
  const isWhole = await (isManyAmong(rest) ? readAll(view, rest, take) : readEach(view, rest, take));
  if (!isWhole) view.noteUnread(spot, rows.seen === undefined ? undefined : waiting.size, of);
  // However the answers came in: the same objects are told in the same order.
  const inOrder = [...kept].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, part]) => part);
  return { seen: rows.seen ?? number, suspects: inOrder };
}

function isManyAmong({ seen, suspects, everywhere, rule }: Rows): boolean {
  if (seen === undefined) return true;
  const many = Math.min(seen * MANY_SHARE, everywhere && rule.indexed === undefined ? MANY_EVERYWHERE : Infinity);
  return suspects.length > Math.max(FEW, many);
}

/** @returns whether all of it was read */
async function readAll<T>(
  view: View,
  { collection, rule, suspects }: Rows,
  take: (object: T) => void,
): Promise<boolean> {
  const wanted = new Set(suspects.map(({ name }) => name));
  try {
    const each = (object: T & Named) => {
      if (isLate()) throw new OutOfTime();
      if (wanted.size === 0 || wanted.has(object.metadata?.name ?? "")) take(object);
    };
    await view.cluster.list(collection, rule.query, each);
    return true;
  } catch (error) {
    if (error instanceof OutOfTime) return false;
    throw error;
  }
}

async function readEach<T>(
  view: View,
  { collection, suspects, everywhere }: Rows,
  take: (object: T) => void,
): Promise<boolean> {
  let isWhole = true;
  await view.each(suspects, async ({ name, selector }) => {
    if (isLate()) {
      isWhole = false;
      return;
    }
    if (everywhere) await view.list(collection, { fieldSelector: selector }, take);
    else {
      const object = await view.read<T>(objectIn(collection, name));
      if (object !== undefined) take(object);
    }
  });
  return isWhole;
}

class OutOfTime extends Error {}
