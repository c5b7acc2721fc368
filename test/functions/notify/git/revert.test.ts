import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Playground, ROLLED_BACK, run, syncedBack } from "./told-in-git.ts";

const GOOD = { "apps/web.yaml": "image: 1", "apps/run.sh": "#!/bin/sh", "README.md": "shop", "old/gone.yaml": "x" };
const BAD = {
  "apps/web.yaml": "image: 2",
  "apps/run.sh": "#!/bin/sh",
  "README.md": "shop",
  "apps/new/added.yaml": "y",
};

describe.each(["github", "gitlab"] as const)("a revert in %s", (kind) => {
  let play: Playground;
  let good: string;
  let bad: string;
  beforeEach(async () => {
    play = await new Playground(kind, { opens: "revert" }).start();
    good = play.git.commit(GOOD, [], "main");
    bad = play.git.commit(BAD, [good], "main");
  });
  afterEach(() => {
    play.stop();
  });

  const branch = () => `eks-remediation/revert-${bad}`;

  it("takes back exactly what the commit changed that was deployed when it failed, on a branch of its own", async () => {
    expect(await play.tell(run("a", syncedBack(bad, good)))).toBe("revert opened");

    expect(play.threads).toMatchObject([{ isRevert: true, isOpen: true }]);
    const [revert] = play.threads;
    expect(revert?.title).toBe(`Revert ${bad.slice(0, 12)}: Deployment shop/web on cluster prod`);
    expect(revert?.body).toContain(`deployed commit \`${bad}\` when it failed`);
    expect(revert?.body).toContain(
      "- `Automated sync of Application argocd/shop is paused until somebody resumes it.`",
    );
    expect(play.git.filesAt(branch())).toEqual(GOOD);
    expect(play.git.branches.get("main")).toBe(bad);
    const commit = play.git.commits.get(play.git.branches.get(branch()) ?? "");
    expect(commit?.parents).toEqual([bad]);
    expect(commit?.message).toContain(`This reverts commit ${bad}`);
    expect(play.writes.join("\n")).not.toMatch(/merge($|\?)/m);
  });

  it("is of a merge, too: what it brought to the branch goes", async () => {
    const side = play.git.commit({ ...BAD, "apps/side.yaml": "z" }, [good]);
    const merge = play.git.commit({ ...BAD, "apps/side.yaml": "z" }, [bad, side], "main");

    expect(await play.tell(run("a", syncedBack(merge, bad)))).toBe("revert opened");
    expect(play.git.filesAt(`eks-remediation/revert-${merge}`)).toEqual(BAD);
  });

  it("leaves what came to the branch since", async () => {
    play.git.commit({ ...BAD, "README.md": "a shop" }, [bad], "main");

    expect(await play.tell(run("a", syncedBack(bad, good)))).toBe("revert opened");
    expect(play.git.filesAt(branch())).toEqual({ ...GOOD, "README.md": "a shop" });
  });

  /** What is opened instead, and its reason. */
  async function instead(overrides: Parameters<Playground["tell"]>[0]): Promise<string | undefined> {
    expect(await play.tell(run("a", overrides))).toBe("opened");
    expect(play.threads.filter(({ isRevert }) => !isRevert)).toHaveLength(1);
    return /No revert was opened: `(.*)`\./.exec(play.threads.at(-1)?.body ?? "")?.[1];
  }

  it("is an issue where more than one commit lies between", async () => {
    const worse = play.git.commit({ ...BAD, "README.md": "worse" }, [bad], "main");

    expect(await instead(syncedBack(worse, good))).toMatch(/others lie between/);
    expect(play.git.branches.size).toBe(1);
  });

  it("is an issue where what it changed was changed again, and leaves no branch", async () => {
    play.git.commit({ ...BAD, "apps/web.yaml": "image: 3" }, [bad], "main");

    expect(await instead(syncedBack(bad, good))).toMatch(/was changed again since/);
    expect([...play.git.branches.keys()]).toEqual(["main"]);
  });

  it("is an issue where the commit is on another branch, or not there", async () => {
    play.git.commit({ ...GOOD, "README.md": "a shop" }, [good], "main");

    expect(await instead(syncedBack(bad, good))).toMatch(/is not on the default branch/);
    expect(await play.tell(run("b", { ...syncedBack("f".repeat(40), good), cause: "Other" }))).toBe("added");
    expect([...play.git.branches.keys()]).toEqual(["main"]);
  });

  it("is an issue where the commit is not there", async () => {
    expect(await instead(syncedBack("f".repeat(40), good))).toMatch(/is not in this repository/);
  });

  it("is an issue where a person has closed a revert of the same commit", async () => {
    await play.tell(run("a", syncedBack(bad, good)));
    for (const issue of play.github.issues) issue.state = "closed";
    for (const item of play.gitlab.items) item.state = "closed";
    play.pass(60);

    expect(await play.tell(run("b", syncedBack(bad, good)))).toBe("opened");
    expect(play.threads.map(({ isRevert }) => isRevert)).toEqual([true, false]);
    expect(play.threads[1]?.body).toMatch(/a revert of it was opened before \([#!]1\)/);
  });

  it("is an issue where somebody has a branch of that name", async () => {
    play.git.commit(GOOD, [good], branch(), "mine");

    expect(await instead(syncedBack(bad, good))).toMatch(/there is a branch .* already/);
  });

  it("is an issue where a rule forbids the branch, which is not said to be there", async () => {
    play.trouble = ({ method, path }) =>
      method === "POST" && /\/(refs|branches)(\?|$)/.test(path)
        ? { status: kind === "github" ? 422 : 400, body: { message: "Repository rule violations found" } }
        : undefined;

    const why = await instead(syncedBack(bad, good));
    expect(why).not.toContain("already");
    expect(why).toContain(kind === "github" ? "cannot be made: a rule may forbid it" : "is refused (status 400");
  });

  it("is an issue where the token may not push", async () => {
    play.trouble = ({ method, path }) =>
      method === "POST" && !path.endsWith("/issues") ? { status: 403, body: { message: "Forbidden" } } : undefined;

    expect(await instead(syncedBack(bad, good))).toMatch(/is refused \(status 403: Forbidden\)/);
  });

  it("is an issue where somebody asked for the rollback", async () => {
    expect(await instead({ ...syncedBack(bad, good), asked_by: "person" })).toBe("somebody has asked for the rollback");
  });

  it.each([
    ["by the workflow itself", ROLLED_BACK, "nothing says from which commit"],
    ["to no commit", syncedBack("1.2.3", "1.2.2"), "is no commit of Git"],
    ["through Flux", { ...ROLLED_BACK, action: "flux-rollback" }, "Flux says"],
    ["by an abort", { ...ROLLED_BACK, action: "rollout-abort" }, "its rollout was aborted on the cluster"],
    ["through Helm", { ...ROLLED_BACK, action: "helm-rollback" }, "Helm does not say"],
  ])("is an issue where it was rolled back %s", async (_how, overrides, words) => {
    expect(await instead(overrides)).toContain(words);
  });

  it("is none where issues alone are wanted, and where nothing was rolled back", async () => {
    expect(await play.tell(run("a"))).toBe("opened");
    expect(play.threads[0]?.body).not.toContain("No revert");
    Object.assign(play.settings, { opens: "issue" });
    play.pass(10);
    const other = { workload: { kind: "Deployment", namespace: "shop", name: "api" } };
    expect(await play.tell(run("b", { ...syncedBack(bad, good), ...other }))).toBe("opened");
    expect(play.threads.some(({ isRevert }) => isRevert)).toBe(false);
    expect(play.threads[1]?.body).not.toContain("No revert");
  });
});
