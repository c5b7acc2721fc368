/**
 * What Node 20 lacks, and Node 24 has, of what the command line, the construct and their dependencies use. In the package it is
 * loaded before them; a clone runs on the Node 24 among its dependencies.
 */
fill(Map, "groupBy", groupBy);
fill(Object, "groupBy", <Item>(items: Iterable<Item>, keyOf: (item: Item, index: number) => PropertyKey) =>
  Object.assign(Object.create(null) as object, Object.fromEntries(groupBy(items, keyOf))),
);
fill(Promise, "withResolvers", () => {
  const settle: { resolve?: unknown; reject?: unknown } = {};
  const promise = new Promise((resolve, reject) => Object.assign(settle, { resolve, reject }));
  return { promise, ...settle };
});
fill(URL, "parse", (url: string, base?: string) => (URL.canParse(url, base) ? new URL(url, base) : null));

function fill(owner: object, name: string, value: unknown): void {
  if (!(name in owner)) Object.defineProperty(owner, name, { value, writable: true, configurable: true });
}

function groupBy<Item, Key>(items: Iterable<Item>, keyOf: (item: Item, index: number) => Key): Map<Key, Item[]> {
  const groups = new Map<Key, Item[]>();
  let index = 0;
  for (const item of items) {
    const key = keyOf(item, index++);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
