import { objectIn } from "../shared/cluster/paths.ts";
import type { Named } from "../kinds/kind.ts";
import type { SuspectRule } from "../kinds/suspects.ts";
import { RemediationError } from "../shared/errors.ts";
import { groupsOf, readTogether } from "./batches.ts";
import { isLate } from "./late.ts";
import { Missed } from "./missed.ts";
import { rowsIn, suspectedAmong, type Rows } from "./suspect-rows.ts";
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

/**
 * So few suspects are always read one by one; more of them where they are a small share of all. One that is read alone weighs
 * ten times what it weighs among many, which come compressed.
 */
const FEW = 20;
const MANY_SHARE = 1 / 10;
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
  const came = new Set<string>();
  const missed = new Missed();
  const take = (object: T) => {
    const { namespace = "", name = "" } = object.metadata ?? {};
    const key = `${namespace}/${name}`;
    // A list whose token expires begins anew: each object is looked at once.
    if (came.has(key)) return;
    came.add(key);
    const part = keep(object);
    if (part !== undefined) kept.set(key, part);
  };
  const isAll = rows.seen === undefined || (isManyAmong(rows) && !rows.everywhere);
  const isTogether = !isAll && groupsOf(rows.suspects).length > 0;
  const rest = isTogether ? { ...rows, suspects: await readTogether(view, rows, take, missed) } : rows;
  // With no time left for another way, what came is kept, and what did not is noted.
  const isOtherWayOpen = (came.size === 0 || !isLate()) && !missed.isFailing;
  if (rest.suspects.length > most && isOtherWayOpen) {
    throw new RemediationError("TooMuchToRead", "Too many of them may fail.");
  }
  // What is not to be asked for any more is counted name by name, as far as rows tell the names.
  const isOver = rows.seen !== undefined && (missed.isFailing || isLate());
  if (!isManyAmong(rest) || isOver) await readEach(view, rest, take, missed);
  else if (!(await readAll(view, rest, take))) view.noteUnread(spot, unreadOf(rest, came));
  missed.noteIn(view, spot);
  view.noteSuspects(spot, suspectedAmong(rows.suspects));
  // However the answers came in: the same objects are told in the same order.
  const inOrder = [...kept].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, part]) => part);
  return { seen: rows.seen ?? came.size, suspects: inOrder };
}

/** How many of the suspects may not have come, by their names; undefined where no rows tell them. */
function unreadOf({ seen, suspects }: Rows, came: ReadonlySet<string>): number | undefined {
  const names = new Set([...came].map((key) => key.slice(key.indexOf("/") + 1)));
  return seen === undefined ? undefined : suspectedAmong(suspects.filter(({ name }) => !names.has(name)));
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

/** Looks each suspect up by its name. */
async function readEach<T>(
  view: View,
  { collection, suspects, everywhere }: Rows,
  take: (object: T) => void,
  missed: Missed,
): Promise<void> {
  await view.each(suspects, async ({ name, selector, suspected }) => {
    if (missed.skips(suspected)) return;
    try {
      if (everywhere) await view.list(collection, { fieldSelector: selector }, take);
      else {
        const object = await view.read<T>(objectIn(collection, name));
        if (object !== undefined) take(object);
      }
    } catch (error) {
      missed.fail(error, suspected);
    }
  });
}

class OutOfTime extends Error {}
