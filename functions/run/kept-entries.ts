import { bounded } from "../shared/text.ts";
import { isDeclined } from "./approval.ts";
import type { HistoryEntry } from "./contracts.ts";
import { mayBePutBack } from "./history.ts";

/**
 * How many remedies a claim remembers, how many declined plans, and how many other runs without a remedy: they go into every
 * payload. Apart, because the many times that people were told of a failure must push out neither what was done about it nor
 * what they have declined, nor many restarts that others have put back what was rolled back or scaled.
 */
const LEFT = { toPutBack: 10, remedies: 10, declined: 10, without: 10 };

/** How long an entry may be as JSON, in bytes: as long as one with a request and the longest names becomes. */
const MAX_ENTRY = 2_000;
/** How long each text of an entry may be that is too long all the same. */
const MAX_TEXT = 60;

/** The newest entries, in their order. What was not carried out leaves out nothing that was. */
export function newest(history: readonly HistoryEntry[]): HistoryEntry[] {
  const left = { ...LEFT };
  const plans = new Set<string>();
  return history.filter((entry) => {
    // What was answered or proposed of a plan since is what holds.
    const isLatest = entry.plan !== undefined && !plans.has(entry.plan);
    if (entry.plan !== undefined) plans.add(entry.plan);
    return left[isLatest && isDeclined(entry) ? "declined" : sortOf(entry)]-- > 0;
  });
}

function sortOf(entry: HistoryEntry): keyof typeof LEFT {
  if (mayBePutBack(entry)) return "toPutBack";
  return entry.applied === true ? "remedies" : "without";
}

/**
 * The entry with texts that fit into a message, none of them longer than an entry may be: what came of a run is never left out
 * for its length.
 */
export function fitted(entry: HistoryEntry): HistoryEntry {
  return SHORTER.reduce((shorter, shorten) => (isShort(shorter) ? shorter : shorten(shorter)), asLines(entry));
}

/** How an entry is made shorter, from what is missed least to what is missed most. */
const SHORTER: readonly ((entry: HistoryEntry) => HistoryEntry)[] = [
  withoutLists,
  withFewerMarks,
  // What was asked for is not known then: approving it proposes it anew.
  ({ requested: _requested, ...entry }) => entry,
  (entry) => asLines(entry, MAX_TEXT),
];

function isShort(entry: HistoryEntry): boolean {
  return Buffer.byteLength(JSON.stringify(entry)) <= MAX_ENTRY;
}

/** What is to be taken back without the lists of what gave way to it. A plan for which they matter is another one without them. */
function withoutLists(entry: HistoryEntry): HistoryEntry {
  const { requested } = entry;
  if (requested?.action !== "undo") return entry;
  const change = Object.fromEntries(
    Object.entries(requested.change).map(([name, value]: [string, unknown]) => [
      name,
      Array.isArray(value) ? [] : value,
    ]),
  ) as typeof requested.change;
  return { ...entry, requested: { ...requested, change } };
}

function withFewerMarks(entry: HistoryEntry): HistoryEntry {
  const { marks, ...shorter } = entry;
  let kept = marks ?? [];
  while (kept.length > 0 && !isShort({ ...shorter, marks: kept })) kept = kept.slice(0, -1);
  return kept.length === 0 ? shorter : { ...shorter, marks: kept };
}

function asLines(entry: HistoryEntry, limit?: number): HistoryEntry {
  const texts = Object.entries(entry).flatMap(([name, value]: [string, unknown]) =>
    typeof value === "string" ? [[name, bounded(value, limit)] as const] : [],
  );
  return { ...entry, ...Object.fromEntries(texts) };
}
