import { describe, expect, it } from "vitest";
import { restoredFiles, type TreeEntry } from "../../../../functions/notify/git/restored-files.ts";
import fc from "../../../support/properties.ts";
import { GitObjects, type Files } from "../../../support/git-objects.ts";

const git = new GitObjects();
const read = (sha: string) => Promise.resolve(git.trees.get(sha) as TreeEntry[] | undefined);

async function restored(from: Files, to: Files, head: Files = from) {
  return await restoredFiles({ from: git.tree(from), to: git.tree(to), head: git.tree(head) }, read);
}

/** What a branch holds once the files are put back. */
async function afterRevert(from: Files, to: Files, head: Files): Promise<Record<string, string> | string> {
  const files = await restored(from, to, head);
  return typeof files === "string" ? files : git.filesOf(git.changed(git.tree(head), files));
}

describe("the files that a commit changed", () => {
  it("are put back with their modes; what it added goes, and what it took away comes back", async () => {
    const files = await restored({ "a/run": "#!2", "b/new": "x" }, { "a/run": "#!1", "c/old": "y" });

    expect(files).toMatchObject([
      { path: "a/run", mode: "100755", type: "blob" },
      { path: "b/new", mode: "100644", sha: null },
      { path: "c/old", mode: "100644", sha: expect.any(String) as string },
    ]);
  });

  it.each<[string, Files, Files, Files | undefined, string]>([
    ["was changed again", { a: "2" }, { a: "1" }, { a: "3" }, "was changed again since"],
    ["was taken away since", { a: "2", b: "x" }, { a: "1", b: "x" }, { b: "x" }, "was changed again since"],
    ["made a folder of a file", { "a/b": "1" }, { a: "1" }, undefined, "a file became a folder"],
    ["is as it was", { a: "2" }, { a: "1" }, { a: "1" }, "is as it was before already"],
    ["changed nothing", { a: "1" }, { a: "1" }, undefined, "is as it was before already"],
  ])("are left alone where what it changed %s", async (_what, from, to, head, words) => {
    expect(await restored(from, to, head ?? from)).toContain(words);
  });

  it("are left alone where a folder cannot be listed, or there is too much", async () => {
    const roots = { from: git.tree({ a: "2" }), to: git.tree({ a: "1" }), head: git.tree({ a: "2" }) };
    const many = (content: string) =>
      Object.fromEntries(Array.from({ length: 600 }, (_, index) => [`f${index}`, content]));
    const deep = (content: string) =>
      Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`d${index}/f`, `${content}${index}`]));

    expect(await restoredFiles(roots, () => Promise.resolve(undefined))).toContain("holds too much");
    expect(await restored(many("2"), many("1"))).toContain("it changed too much");
    expect(await restored(deep("2"), deep("1"))).toContain("it changed too much");
  });

  it("are put back such that nothing else changes, whatever came to the branch since", async () => {
    const path = fc.constantFrom("a", "b", "d/a", "d/b", "d/e/a", "f/a");
    const files = fc.dictionary(path, fc.constantFrom("1", "2", "#!3"));
    await fc.assert(
      fc.asyncProperty(files, files, files, async (from, to, since) => {
        const changed = (name: string) => from[name] !== to[name];
        // What came since touches nothing that the commit changed.
        const untouched = Object.entries(since).filter(([name]) => !changed(name));
        const kept = Object.entries(from).filter(([name]) => changed(name));
        const head = Object.fromEntries([...untouched, ...kept]);
        const after = await afterRevert(from, to, head);
        if (typeof after === "string") {
          expect(after).toBe("what it changed is as it was before already");
          expect(Object.keys({ ...from, ...to }).some(changed)).toBe(false);
          return;
        }
        expect(after).toEqual(
          Object.fromEntries([...untouched, ...Object.entries(to).filter(([name]) => changed(name))]),
        );
      }),
    );
  });
});
