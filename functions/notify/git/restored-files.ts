/** A file, a folder or a submodule in a folder of a commit. */
export interface TreeEntry {
  path: string;
  mode: string;
  type: "blob" | "tree" | "commit";
  sha: string;
}

/** What a folder holds, by its hash; undefined where it holds too much to be listed. */
export type ReadTree = (sha: string) => Promise<readonly TreeEntry[] | undefined>;

/** The folders at the root of the commit that goes, of the one before it, and of what the branch holds now. */
export interface Roots {
  from: string;
  to: string;
  head: string;
}

/** A file as it was before; without a hash where it was not there. */
export type RestoredFile = Pick<TreeEntry, "path" | "mode" | "type"> & { sha: string | null };

/** How much a commit may have changed, to be taken back without anybody's help. */
const MAX_TREES = 200;
const MAX_FILES = 500;

/** Why files cannot be put back. */
class Unsure extends Error {}

/**
 * The files that a commit changed, as they were before it; or why they cannot be put back. Each has to be as that commit left it:
 * what somebody has changed since is not taken back with it.
 */
export async function restoredFiles({ from, to, head }: Roots, read: ReadTree): Promise<RestoredFile[] | string> {
  const known = new Map<string, ReadonlyMap<string, TreeEntry>>();
  const restored: RestoredFile[] = [];

  async function entriesOf(sha: string | undefined): Promise<ReadonlyMap<string, TreeEntry>> {
    if (sha === undefined) return new Map();
    const before = known.get(sha);
    if (before !== undefined) return before;
    if (known.size >= MAX_TREES) throw new Unsure("it changed too much for that");
    const listed = await read(sha);
    if (listed === undefined) throw new Unsure("a folder that it changed holds too much to be listed");
    const entries = new Map(listed.map((entry) => [entry.path, entry]));
    known.set(sha, entries);
    return entries;
  }

  async function walk(prefix: string, shas: Partial<Roots>): Promise<void> {
    const [gone, before, now] = [await entriesOf(shas.from), await entriesOf(shas.to), await entriesOf(shas.head)];
    for (const name of new Set([...gone.keys(), ...before.keys()])) {
      const [one, other, present] = [gone.get(name), before.get(name), now.get(name)];
      if (isSame(one, other)) continue;
      const path = `${prefix}${name}`;
      if (isTree(one) || isTree(other)) {
        if (![one, other, present].every((entry) => entry === undefined || isTree(entry)))
          throw new Unsure("a file became a folder, or a folder a file");
        await walk(`${path}/`, shasOf({ from: one, to: other, head: present }));
        continue;
      }
      if (isSame(present, other)) continue;
      if (!isSame(present, one)) throw new Unsure("what it changed was changed again since");
      const kept = other ?? one;
      if (kept === undefined) continue;
      if (restored.length >= MAX_FILES) throw new Unsure("it changed too much for that");
      restored.push({ path, mode: kept.mode, type: kept.type, sha: other?.sha ?? null });
    }
  }

  try {
    await walk("", { from, to, head });
    return restored.length > 0 ? restored : "what it changed is as it was before already";
  } catch (error) {
    if (error instanceof Unsure) return error.message;
    throw error;
  }
}

function shasOf(entries: Record<keyof Roots, TreeEntry | undefined>): Partial<Roots> {
  return Object.fromEntries(
    Object.entries(entries).flatMap(([name, entry]) => (entry === undefined ? [] : [[name, entry.sha]])),
  );
}

function isTree(entry: TreeEntry | undefined): boolean {
  return entry?.type === "tree";
}

function isSame(one: TreeEntry | undefined, other: TreeEntry | undefined): boolean {
  return one?.sha === other?.sha && one?.mode === other?.mode;
}
