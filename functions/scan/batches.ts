import type { Named } from "../kinds/kind.ts";
import type { Batch } from "../kinds/suspects.ts";
import { mapConcurrently } from "../shared/concurrency.ts";
import { isRemediationError } from "../shared/errors.ts";
import { isLate } from "./late.ts";
import { selectorFor, type Rows, type Suspect } from "./suspect-rows.ts";
import type { View } from "./view.ts";

/** So few suspects are read one by one: what would come with them in a batch weighs more than the requests. */
const FEW = 4;
/** So many labels are asked for in one request, as long as a URL may be, and so that what comes with them stays small. */
const AT_ONCE = 40;
/** So many batches are in memory at the same time. */
const CONCURRENCY = 2;

/** One request, and the suspects that it is for. */
interface Request {
  query: Record<string, string>;
  suspects: readonly Suspect[];
}

/**
 * Reads suspects many at a time, by a label or a field that they should have by their rows. What comes with them and is no
 * suspect is passed over.
 * @returns the suspects that did not come, or of which there are more than came: each has to be looked up
 */
export async function readTogether<T extends Named>(
  view: View,
  { collection, rule, query: limits, suspects }: Rows,
  take: (object: T) => void,
): Promise<Suspect[]> {
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
  await Promise.all(
    groupsOf(suspects).map(async (members) => {
      let isInVain = false;
      await mapConcurrently(requestsFor(members), CONCURRENCY, async ({ query, suspects: some }) => {
        if (isInVain || isLate()) return;
        const look = () => view.list<T, unknown>(collection, merged(query, limits), each);
        await view.unlessUnseen(() => unlessRefused(look));
        // Where the names of all these only look as if they had the label, those of the others do so, too.
        if (!some.some(({ selector }) => came.has(selector))) isInVain = true;
      });
    }),
  );
  return suspects.filter(({ selector, count }) => (came.get(selector)?.size ?? 0) < count);
}

/** A server that knows no such selector says so; it does not keep anybody from the objects. */
export async function unlessRefused<T>(look: () => Promise<T>): Promise<T | undefined> {
  try {
    return await look();
  } catch (error) {
    if (!isRemediationError(error, "WriteRefused")) throw error;
    return undefined;
  }
}

/** The suspects that may be read together: so many that it pays. */
export function groupsOf(suspects: readonly Suspect[]): Suspect[][] {
  const groups = [...Map.groupBy(suspects, ({ batch }) => batch && groupOf(batch))];
  return groups.flatMap(([group, members]) => (group === undefined || members.length <= FEW ? [] : [members]));
}

/** What one request can ask for: any of the values of a label, or one value of a field. */
function groupOf({ label, field, value }: Batch): string {
  return label ?? `${field}=${value}`;
}

function requestsFor(suspects: readonly Suspect[]): Request[] {
  const { label, field } = suspects[0]?.batch ?? {};
  const byValue = [...Map.groupBy(suspects, ({ batch }) => batch?.value ?? "")];
  if (field !== undefined) {
    return byValue.map(([value, some]) => ({ query: { fieldSelector: `${field}=${value}` }, suspects: some }));
  }
  return chunks(byValue, AT_ONCE).map((some) => ({
    query: { labelSelector: `${label} in (${some.map(([value]) => value).join(",")})` },
    suspects: some.flatMap(([, members]) => members),
  }));
}

/** Parts of so many items. */
export function chunks<Item>(items: readonly Item[], size: number): Item[][] {
  const number = Math.ceil(items.length / size);
  return Array.from({ length: number }, (_, index) => items.slice(index * size, (index + 1) * size));
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
