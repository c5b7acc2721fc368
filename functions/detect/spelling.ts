/** How many of its letters a name may have otherwise: a quarter of them, and one of a short one. */
const letters = (name: string) => Math.max(1, Math.floor(name.length / 4));

/**
 * The names that somebody may have meant, the nearest first: those that are nearly spelt alike, and those of which one is the
 * other's beginning before a dash, as of a workload and its pods, or of two pods of one ReplicaSet.
 */
export function among(wanted: string, names: readonly string[]): string[] {
  const near = [...new Set(names)].flatMap((name) => {
    const far = distance(wanted, name);
    const isMeant = far <= letters(wanted) || begins(wanted, name) || begins(name, wanted) || areSiblings(wanted, name);
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

/** How many letters have to be added, left out or changed, or change places with the next one, until one is the other. */
function distance(one: string, other: string): number {
  let [before, last]: [number[], number[]] = [[], Array.from({ length: other.length + 1 }, (_, index) => index)];
  for (let i = 1; i <= one.length; i++) {
    const row = [i];
    for (let j = 1; j <= other.length; j++) {
      const isSame = one[i - 1] === other[j - 1];
      const isSwapped = i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1];
      const ways = [at(last, j) + 1, at(row, j - 1) + 1, at(last, j - 1) + (isSame ? 0 : 1)];
      row.push(Math.min(...ways, ...(isSwapped ? [at(before, j - 2) + 1] : [])));
    }
    [before, last] = [last, row];
  }
  return at(last, other.length);
}

const at = (row: readonly number[], index: number) => row[index] ?? Infinity;
