import type { Named } from "../kinds/kind.ts";
import type { Batch } from "../kinds/suspects.ts";
import { isRemediationError } from "../shared/errors.ts";
import { isLate } from "./late.ts";
import type { Missed } from "./missed.ts";
import { MOST_WITH_EACH, valuesOf } from "./batch-choice.ts";
import { escaped, selectorFor, suspectedAmong, type Rows, type Suspect } from "./suspect-rows.ts";
import type { View } from "./view.ts";

/** So few suspects are read one by one: what would come with them in a batch weighs more than the requests. */
const FEW = 4;
/** So long may be what selects the objects of one request, in letters: some proxies take no URL of more than 8 kB. */
const MOST_LETTERS = 6_000;
/** So many suspects are asked for in one answer; more of them, where they have one value in common, page by page. */
const SUSPECTS_AT_ONCE = 200;

/** What one request asks for: the suspects of each of some values of a label, or of one value of a field. */
type Request = readonly (readonly Suspect[])[];

/**
 * Reads suspects many at a time, by a label or a field that they should have by their rows. What comes with them and is no
 * suspect is passed over; where that is much more than the suspects are, as where somebody has copied the label, the values
 * are asked for in two halves, and so on, until it is known by which one it comes.
 * @param missed counts what could not be read since the server is too busy, or cannot answer
 * @returns the suspects that did not come, or of which there are more than came: each has to be looked up
 */
export async function readTogether<T extends Named>(
  view: View,
  rows: Rows,
  take: (object: T) => void,
  missed: Missed,
): Promise<Suspect[]> {
  const { suspects, rule } = rows;
  const names = new Set(suspects.map(({ name }) => name));
  const came = new Map<string, Set<string>>();
  const each = (object: T) => {
    const name = object.metadata?.name ?? "";
    if (!names.has(name)) return;
    const { none = "", field = "" } = rule.indexed ?? {};
    const selector = selectorFor(rule, name, valueAt(object, field) || none);
    // A list whose token expires begins anew.
    came.set(selector, (came.get(selector) ?? new Set()).add(object.metadata?.namespace ?? ""));
    take(object);
  };
  const openOf = ({ selector, count }: Suspect) => count - (came.get(selector)?.size ?? 0);
  const isOpen = (suspect: Suspect) => openOf(suspect) > 0;
  const refused = new Set<string>();
  const unanswered = new Set<Suspect>();
  /** @returns what is to be asked for by itself */
  const attempt = async (request: Request): Promise<Request[]> => {
    const open = request.filter((members) => members.some(isOpen));
    const wanted = open.flat().filter(isOpen);
    const what = nameOf(wanted[0]?.batch);
    // What there is no time for is left to be looked up, and counted there.
    if (wanted.length === 0 || refused.has(what) || (isLate() && !missed.isFailing)) return [];
    try {
      if (!missed.skips(suspectedAmong(wanted))) {
        const answer = await readBatch(view, rows, open, each);
        // A server that knows no such selector says so; it does not keep anybody from the objects.
        if (answer === "refused") refused.add(what);
        return answer === "too much" ? halves(open) : [];
      }
    } catch (error) {
      missed.fail(error, suspectedAmong(wanted));
    }
    for (const suspect of wanted) unanswered.add(suspect);
    return [];
  };
  const ask = async (request: Request): Promise<void> => {
    const parts = await view.large(() => attempt(request));
    await Promise.all(parts.map(ask));
  };
  await Promise.all(groupsOf(suspects).flatMap(requestsFor).map(ask));
  const left = suspects.filter((suspect) => isOpen(suspect) && !unanswered.has(suspect));
  return left.map((suspect) => ({ ...suspect, suspected: Math.min(suspect.suspected, openOf(suspect)) }));
}

/** How a read ended that asks for many objects by what they have in common. */
type Answer = "read" | "too much" | "refused";

/** Reads what one request asks for, if it is no more than so many objects for each suspect. */
async function readBatch<T>(
  view: View,
  { collection, query: limits }: Rows,
  request: Request,
  each: (object: T) => void,
): Promise<Answer> {
  const query = merged(queryFor(request), limits);
  const suspects = request.flat().length;
  const most = suspects * MOST_WITH_EACH;
  let number = 0;
  const counted = (object: T) => {
    if (++number > most) throw new TooMany();
    each(object);
  };
  return await answerOf(async () => {
    if (suspects > SUSPECTS_AT_ONCE) await view.list<T, unknown>(collection, query, counted);
    else {
      const objects = await view.listSmall<T>(collection, most, query);
      if (objects === undefined) throw new TooMany();
      objects.forEach(each);
    }
  });
}

/** @throws RemediationError what is no answer to what was asked: the server is too busy, or cannot answer */
export async function answerOf(read: () => Promise<void>): Promise<Answer> {
  try {
    await read();
    return "read";
  } catch (error) {
    if (error instanceof TooMany || isRemediationError(error, "TooMuchToRead")) return "too much";
    if (isRemediationError(error, "WriteRefused", "Forbidden", "NotFound")) return "refused";
    throw error;
  }
}

/** More came than is worth it. */
class TooMany extends Error {}

/** The suspects that may be read together: so many that it pays. */
export function groupsOf(suspects: readonly Suspect[]): Suspect[][] {
  const groups = [...Map.groupBy(suspects, ({ batch }) => batch && groupOf(batch))];
  return groups.flatMap(([group, members]) => (group === undefined || members.length <= FEW ? [] : [members]));
}

/** What one request can ask for: any of the values of a label, or one value of a field. */
function groupOf(batch: Batch): string {
  return batch.label ?? `${batch.field}=${batch.value}`;
}

function nameOf(batch: Batch | undefined): string {
  return batch?.label ?? batch?.field ?? "";
}

/** Requests for as many suspects as a URL has room for, and one answer. Those of one value come in one. */
function requestsFor(suspects: readonly Suspect[]): Request[] {
  const requests: Suspect[][][] = [];
  let [size, letters] = [0, 0];
  for (const members of Map.groupBy(suspects, ({ batch }) => valuesOf(batch).join()).values()) {
    const more = lettersOf(members);
    if (requests.length === 0 || letters + more > MOST_LETTERS || size + members.length > SUSPECTS_AT_ONCE) {
      requests.push([]);
      [size, letters] = [0, 0];
    }
    requests.at(-1)?.push(members);
    size += members.length;
    letters += more;
  }
  return requests;
}

/** How many letters it takes to ask for these, and to leave out what would come with them. */
function lettersOf([first]: readonly Suspect[]): number {
  return [...valuesOf(first?.batch), ...leavingOut(first?.others ?? [])].join().length;
}

/** Terms that leave out objects of these names. The server holds them to what the values leave alone. */
function leavingOut(names: readonly string[]): string[] {
  return names.map((name) => `metadata.name!=${escaped(name)}`);
}

function queryFor(request: Request): Record<string, string> {
  const suspects = request.flatMap(([first]) => first ?? []);
  const batches = suspects.flatMap(({ batch }) => batch ?? []);
  const values = [...new Set(batches.flatMap(valuesOf))];
  const { label, field = "" } = batches[0] ?? {};
  const others = leavingOut([...new Set(suspects.flatMap(({ others }) => others))]);
  const fieldSelector = [...(label === undefined ? [`${field}=${values.join()}`] : []), ...others].join();
  return {
    ...(label === undefined ? {} : { labelSelector: `${label} in (${values.join()})` }),
    ...(fieldSelector === "" ? {} : { fieldSelector }),
  };
}

/** Parts of so many items. */
export function chunks<Item>(items: readonly Item[], size: number): Item[][] {
  const number = Math.ceil(items.length / size);
  return Array.from({ length: number }, (_, index) => items.slice(index * size, (index + 1) * size));
}

/** The two halves of what was too much at once; nothing of a single item. */
export function halves<Item>(items: readonly Item[]): Item[][] {
  return items.length < 2 ? [] : chunks(items, Math.ceil(items.length / 2));
}

/** What is asked for, among what the collection's rows are limited to. */
function merged(query: Record<string, string>, limits: Record<string, string>): Record<string, string> {
  const both = Object.entries(limits).map(([key, limit]) => {
    return [key, [limit, query[key]].filter((part) => part !== undefined).join(",")] as const;
  });
  return { ...query, ...Object.fromEntries(both) };
}

function valueAt(object: unknown, path: string): string {
  const partOf = (at: unknown, key: string): unknown => (at as Record<string, unknown> | undefined)?.[key];
  const value = path.split(".").reduce(partOf, object);
  return typeof value === "string" ? value : "";
}
