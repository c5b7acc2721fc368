import { distance } from "fastest-levenshtein";

/** How many of its letters a name may have otherwise: a quarter of them, and one of a short one. */
const letters = (name: string) => Math.max(1, Math.floor(name.length / 4));

/**
 * The names that somebody may have meant, the nearest first: those that are nearly spelt alike, and those of which one is the
 * other's beginning before a dash, as of a workload and its pods, or of two pods of one ReplicaSet.
 */
export function among(wanted: string, names: readonly string[]): string[] {
  const near = [...new Set(names)].flatMap((name) => {
    const far = distance(wanted, name);
    const isMeant =
      far <= letters(wanted) ||
      isSwapped(wanted, name) ||
      begins(wanted, name) ||
      begins(name, wanted) ||
      areSiblings(wanted, name);
    return isMeant ? [{ name, far }] : [];
  });
  return near.sort((a, b) => a.far - b.far || (a.name < b.name ? -1 : 1)).map(({ name }) => name);
}

function begins(name: string, other: string): boolean {
  return other.startsWith(`${name}-`);
}

/** Whether they differ in what stands behind their last dash, and have another one before it. */
function areSiblings(one: string, other: string): boolean {
  const stem = one.slice(0, one.lastIndexOf("-"));
  return stem.includes("-") && stem === other.slice(0, other.lastIndexOf("-"));
}

/** Whether the one is the other but for two letters that have changed places. */
function isSwapped(one: string, other: string): boolean {
  return distance(one, other) === 2 && one.split("").sort().join("") === other.split("").sort().join("");
}
