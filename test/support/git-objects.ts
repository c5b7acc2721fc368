import { createHash } from "node:crypto";

/** A file, a folder or a submodule, as GitHub lists it. */
interface Entry {
  path: string;
  mode: string;
  type: "blob" | "tree" | "commit";
  sha: string;
}

export interface GitCommit {
  sha: string;
  tree: string;
  parents: string[];
  message: string;
}

/** The files of a commit, by their paths; a file that can be run begins with `#!`. */
export type Files = Readonly<Record<string, string>>;

/** The objects of a Git repository in memory, named by what they hold: trees, commits and branches. */
export class GitObjects {
  readonly trees = new Map<string, Entry[]>();
  readonly commits = new Map<string, GitCommit>();
  readonly branches = new Map<string, string>();

  /** Adds a commit to a branch. */
  commit(files: Files, parents: readonly string[], branch?: string, message = "change"): string {
    return this.commitTree(this.tree(files), parents, branch, message);
  }

  commitTree(tree: string, parents: readonly string[], branch?: string, message = "change"): string {
    const sha = digest(["commit", tree, ...parents, message]);
    this.commits.set(sha, { sha, tree, parents: [...parents], message });
    if (branch !== undefined) this.branches.set(branch, sha);
    return sha;
  }

  /** All files below a tree. */
  filesOf(tree: string, prefix = ""): Record<string, string> {
    return Object.fromEntries(
      (this.trees.get(tree) ?? []).flatMap(({ path, type, sha }) =>
        type === "tree"
          ? Object.entries(this.filesOf(sha, `${prefix}${path}/`))
          : [[`${prefix}${path}`, this.#blobs.get(sha) ?? ""] as const],
      ),
    );
  }

  filesAt(branch: string): Record<string, string> {
    return this.filesOf(this.commits.get(this.branches.get(branch) ?? "")?.tree ?? "");
  }

  /** The tree with some files in it changed, and those without a hash taken out. */
  changed(base: string, files: readonly { path: string; sha: string | null }[]): string {
    const all = new Map(Object.entries(this.filesOf(base)));
    for (const { path, sha } of files) {
      if (sha === null) all.delete(path);
      else all.set(path, this.#blobs.get(sha) ?? "");
    }
    return this.tree(Object.fromEntries(all));
  }

  isAncestor(sha: string, of: string): boolean {
    if (sha === of) return true;
    return (this.commits.get(of)?.parents ?? []).some((parent) => this.isAncestor(sha, parent));
  }

  readonly #blobs = new Map<string, string>();

  tree(files: Files): string {
    const names = new Set(Object.keys(files).map((path) => path.split("/")[0] ?? ""));
    const entries = [...names].sort().map((name): Entry => {
      const own = files[name];
      if (own !== undefined) {
        const sha = digest(["blob", own]);
        this.#blobs.set(sha, own);
        return { path: name, mode: own.startsWith("#!") ? "100755" : "100644", type: "blob", sha };
      }
      const below = Object.entries(files)
        .filter(([path]) => path.startsWith(`${name}/`))
        .map(([path, content]) => [path.slice(name.length + 1), content]);
      return { path: name, mode: "040000", type: "tree", sha: this.tree(Object.fromEntries(below) as Files) };
    });
    const sha = digest(["tree", ...entries.map((entry) => JSON.stringify(entry))]);
    this.trees.set(sha, entries);
    return sha;
  }
}

function digest(parts: readonly string[]): string {
  return createHash("sha1").update(JSON.stringify(parts)).digest("hex");
}
