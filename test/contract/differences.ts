import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import * as z from "zod";
import type { NormalAnswer } from "./normalise.ts";

const LIST = fileURLToPath(new URL("differences.yaml", import.meta.url));

const Listed = z.strictObject({
  /** Why the embedded server may answer otherwise. */
  reason: z.string().min(1),
  /** The exchanges in which it does: chapter and sentence. */
  in: z.array(z.string()).min(1),
  /** Which parts of the answer: `status`, `body.message`. What is below a part belongs to it; `[]` is any element. */
  at: z.array(z.string()).min(1),
});
type Listed = z.output<typeof Listed>;

/** A part of an answer that is not the same. A part that one does not have is undefined. */
export interface Difference {
  exchange: string;
  at: string;
  real: unknown;
  embedded: unknown;
}

/** The differences that are known, each with its reason: those in exchanges of one chapter. */
export function listedDifferences(chapter: string): Listed[] {
  const ofChapter = (exchange: string) => exchange.startsWith(`${chapter}: `);
  return all().map((listed) => ({ ...listed, in: listed.in.filter(ofChapter) }));
}

function all(): Listed[] {
  return z.array(Listed).parse(parse(readFileSync(LIST, "utf8")));
}

/** The exchanges of all chapters that have listed differences. */
export function listedExchanges(): string[] {
  return all().flatMap((listed) => listed.in);
}

/** Where two answers differ. */
export function differencesBetween(exchange: string, real: NormalAnswer, embedded: NormalAnswer): Difference[] {
  return differing(real, embedded, "").map((difference) => ({ exchange, ...difference }));
}

/**
 * Holds what differs against what may.
 * @returns differences that are not listed, and entries (with exchange and part) that do not occur
 */
export function unexpected(
  found: readonly Difference[],
  listed: readonly Listed[],
): { unlisted: Difference[]; gone: string[] } {
  const entries = listed.flatMap(({ in: exchanges, at }) =>
    exchanges.flatMap((exchange) => at.map((part) => ({ exchange, part }))),
  );
  const covers = (entry: { exchange: string; part: string }, difference: Difference) =>
    entry.exchange === difference.exchange && isWithin(difference.at, entry.part);
  return {
    unlisted: found.filter((difference) => !entries.some((entry) => covers(entry, difference))),
    gone: entries
      .filter((entry) => !found.some((difference) => covers(entry, difference)))
      .map(({ exchange, part }) => `${exchange}: ${part}`),
  };
}

function isWithin(at: string, part: string): boolean {
  const [wanted, place] = [part, at].map((path) => path.replace(/\[\d*\]/g, "[]"));
  return (
    place === wanted ||
    (place?.startsWith(`${wanted ?? ""}.`) ?? false) ||
    (place?.startsWith(`${wanted ?? ""}[`) ?? false)
  );
}

function differing(real: unknown, embedded: unknown, at: string): Omit<Difference, "exchange">[] {
  if (Array.isArray(real) && Array.isArray(embedded)) {
    const indexes = Array.from({ length: Math.max(real.length, embedded.length) }, (_none, index) => index);
    return indexes.flatMap((index) => differing(real[index], embedded[index], `${at}[${index}]`));
  }
  // What is something else is not compared any further.
  if (isFields(real) && isFields(embedded) && real["kind"] === embedded["kind"]) {
    const names = [...new Set([...Object.keys(real), ...Object.keys(embedded)])].sort();
    return names.flatMap((name) => differing(real[name], embedded[name], at === "" ? name : `${at}.${name}`));
  }
  return real === embedded ? [] : [{ at, real, embedded }];
}

function isFields(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
