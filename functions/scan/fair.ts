/** The first of each group, then the second of each, and so on. */
export function inTurn<Item>(items: readonly Item[], groupOf: (item: Item) => string): Item[] {
  const groups = [...Map.groupBy(items, groupOf).values()];
  const inTurns = groups.flatMap((group) => group.map((item, turn) => ({ item, turn })));
  return inTurns.sort((a, b) => a.turn - b.turn).map(({ item }) => item);
}

/** How many items of one group may be too large before nothing more of it is tried. */
const MAX_MISSES = 3;

/** What an answer has room for. */
interface Room {
  items: number;
  bytes: number;
}

/**
 * The descriptions of as many items as fit, of each group in turn, so that neither many items of one group nor large ones
 * leave out those of another. What comes after a full answer is not even described.
 */
export function fill<Item, Description>(
  items: readonly Item[],
  groupOf: (item: Item) => string,
  describe: (item: Item) => Description,
  room: Room,
): Description[] {
  const fitting: Description[] = [];
  const misses = new Map<string, number>();
  let size = 0;
  for (const item of inTurn(items, groupOf)) {
    if (fitting.length === room.items) break;
    const group = groupOf(item);
    const missed = misses.get(group) ?? 0;
    if (missed === MAX_MISSES) continue;
    const description = describe(item);
    const itemSize = sizeOf(description);
    if (size + itemSize > room.bytes) {
      misses.set(group, missed + 1);
      continue;
    }
    size += itemSize;
    fitting.push(description);
  }
  return fitting;
}

/** The groups that need no more than a fair share of the room: what others do not need is shared by the rest. */
export function modest<Item>(items: readonly Item[], groupOf: (item: Item) => string, bytes: number): Set<string> {
  const sizes = [...Map.groupBy(items, groupOf)]
    .map(([group, members]): [string, number] => [group, members.reduce((sum, item) => sum + sizeOf(item), 0)])
    .sort((a, b) => a[1] - b[1]);
  const found = new Set<string>();
  let left = bytes;
  for (const [group, size] of sizes) {
    if (size > left / (sizes.length - found.size)) break;
    found.add(group);
    left -= size;
  }
  return found;
}

/** How many bytes it takes in a payload. */
export function sizeOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}
