import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Playground, ROLLED_BACK, run, WORKS_AGAIN } from "./told-in-git.ts";

describe.each(["github", "gitlab"] as const)("what is told in a repository of %s", (kind) => {
  let play: Playground;
  beforeEach(async () => {
    play = await new Playground(kind).start();
  });
  afterEach(() => {
    play.stop();
  });

  it("is one issue for what needs a person, with the evidence", async () => {
    expect(await play.tell(run("a", { evidence: ["it never ran well"] }))).toBe("opened");

    const [issue] = play.threads;
    expect(play.threads).toHaveLength(1);
    expect(issue).toMatchObject({ title: "Needs you: Deployment shop/web on cluster prod", isOpen: true });
    expect(issue?.body).toContain("As of 2026-06-01T12:00:00Z, something fails on a cluster that needs a person.");
    expect(issue?.body).toContain("### Evidence\n\n- `it never ran well`");
    expect(issue?.body).toContain("```\nkubectl -n shop describe deployment web\n```");
  });

  it("is the same issue when it is delivered twice, told again by another run, or overtaken", async () => {
    await play.tell(run("a"));
    expect(await play.tell(run("a"))).toBe("done before");
    play.pass(24 * 60);
    expect(await play.tell(run("b"))).toBe("nothing new");
    expect(await play.tell(run("c", { reason: "OptedOut" }), new Date("2026-06-01T11:00:00Z"))).toBe("overtaken");

    expect(play.threads).toMatchObject([{ comments: [] }]);
  });

  it("is one issue where two messages come at once", async () => {
    const [one, other] = [play.tell(run("a")), play.tell(run("a"))];

    expect((await Promise.all([one, other])).toSorted()).toEqual(["done before", "opened"]);
    expect(play.threads).toHaveLength(1);
  });

  it("is a comment where it is another thing by then", async () => {
    await play.tell(run("a"));
    play.pass(10);
    expect(await play.tell(run("b", { cause: "OutOfMemory" }))).toBe("added");

    expect(play.threads).toHaveLength(1);
    expect(play.threads[0]?.comments).toHaveLength(1);
  });

  it("ends with a comment, and is closed, when it works again; what fails then is a new issue", async () => {
    await play.tell(run("a"));
    play.pass(10);
    expect(await play.tell(run("b", WORKS_AGAIN))).toBe("ended");
    expect(play.threads).toMatchObject([{ isOpen: false }]);
    expect(play.threads[0]?.comments[0]).toContain("Nothing fails any more");

    play.pass(10);
    expect(await play.tell(run("c"))).toBe("opened");
    expect(play.threads).toHaveLength(2);
  });

  it.each<[string, object]>([
    ["a comment", kind === "github" ? { comments: [{ body: "mine" }] } : { notes: [{ body: "mine" }] }],
    ["another title", { title: "Mine" }],
    ["another text", kind === "github" ? { body: "Mine" } : { description: "Mine" }],
    ["somebody who has it", { assignees: [{ login: "me" }] }],
    ["a milestone", { milestone: { title: "soon" } }],
    ["a label", { labels: ["eks-remediation", "mine"] }],
  ])("is left open where a person has given it %s", async (_what, touched) => {
    await play.tell(run("a"));
    for (const issue of [...play.github.issues, ...play.gitlab.items]) Object.assign(issue, touched);
    play.pass(10);

    expect(await play.tell(run("b", WORKS_AGAIN))).toBe("ended, left open");
    expect(play.threads).toMatchObject([{ isOpen: true }]);
    expect(play.threads[0]?.comments.at(-1)).toContain("Nothing fails any more");
    play.pass(10);
    expect(await play.tell(run("c"))).toBe("added");
    expect(play.threads).toHaveLength(1);
  });

  it("stays closed where a person has closed it, until it is another thing", async () => {
    await play.tell(run("a"));
    for (const issue of play.github.issues) issue.state = "closed";
    for (const item of play.gitlab.items) item.state = "closed";
    play.pass(24 * 60);

    expect(await play.tell(run("b"))).toBe("nothing new");
    expect(await play.tell(run("c", WORKS_AGAIN))).toBe("ended before");
    expect(play.threads).toMatchObject([{ isOpen: false, comments: [] }]);
  });

  it("is an issue for what the repository still holds after a rollback, which is not closed", async () => {
    expect(await play.tell(run("a", ROLLED_BACK))).toBe("opened");
    expect(play.threads[0]?.title).toBe("Rolled back on the cluster: Deployment shop/web on cluster prod");
    expect(play.threads[0]?.body).toContain(
      "since a newer one did not work. If it is deployed from this repository, the next deployment brings the newer one again",
    );
    play.pass(10);

    expect(await play.tell(run("b", ROLLED_BACK))).toBe("nothing new");
    expect(await play.tell(run("c", WORKS_AGAIN))).toBe("ended, left open");
    expect(play.threads).toMatchObject([{ isOpen: true }]);
  });

  it("says once of what stays open that nothing fails any more, until something else is added", async () => {
    await play.tell(run("a", ROLLED_BACK));
    const over = { outcome: "Recovered", action: "restart", needs_person: false } as const;
    for (const name of ["b", "c", "d"]) {
      play.pass(60);
      await play.tell(run(name, over));
    }
    expect(play.threads).toMatchObject([{ isOpen: true, comments: [expect.any(String)] }]);

    play.pass(60);
    expect(await play.tell(run("e"))).toBe("added");
    play.pass(60);
    expect(await play.tell(run("f", over))).toBe("ended, left open");
    expect(play.threads[0]?.comments).toHaveLength(3);
  });

  it("says of a rollback that somebody asked for that it was asked for, and not that it failed", async () => {
    await play.tell(run("a", { ...ROLLED_BACK, asked_by: "person" }));

    expect(play.threads[0]?.body).toContain("an earlier version of this workload, as somebody has asked for.");
    expect(play.threads[0]?.body).not.toContain("### To do");
  });

  it("is a new issue where the same is rolled back again after a person has closed the first", async () => {
    await play.tell(run("a", ROLLED_BACK));
    for (const issue of play.github.issues) issue.state = "closed";
    for (const item of play.gitlab.items) item.state = "closed";
    play.pass(60);

    expect(await play.tell(run("b", ROLLED_BACK))).toBe("opened");
    expect(play.threads).toHaveLength(2);
  });

  it("is nothing for what a restart has fixed, waits for an answer, was a dry run, or is of no workload", async () => {
    expect(await play.tell(run("a", { outcome: "Recovered", action: "restart", needs_person: false }))).toBe(
      "nothing new",
    );
    expect(await play.tell(run("b", { reason: "ApprovalNeeded" }))).toBe("not for it");
    expect(await play.tell(run("c", { dry_run: true }))).toBe("not for it");
    expect(await play.tell(run("d", { workload: undefined }))).toBe("not for it");
    expect((await play.deliver("[FIRING:1]")).status).toBe("not understood");
    expect(play.writes).toEqual([]);
  });

  it("is nothing where it was over before it came", async () => {
    await play.tell(run("b", WORKS_AGAIN));

    expect(await play.tell(run("a"), new Date(play.now().getTime() - 1_000))).toBe("overtaken");
    expect(play.threads).toEqual([]);
  });

  it("is no more in an hour than is set, and the last of it says so", async () => {
    Object.assign(play.settings, { per_hour: 2 });
    const of = (name: string) => ({ workload: { kind: "Deployment", namespace: "shop", name } });

    expect(await play.tell(run("a", of("a")))).toBe("opened");
    expect(await play.tell(run("b", of("b")))).toBe("opened");
    expect(await play.tell(run("c", of("c")))).toBe("held back");
    expect(play.threads[0]?.body).not.toContain("until 2026-06-01T13:00:00Z nothing more is");
    expect(play.threads[1]?.body).toContain("until 2026-06-01T13:00:00Z nothing more is");
    play.pass(60);
    expect(await play.tell(run("d", of("c")))).toBe("opened");
  });

  it("is of the namespaces and clusters that are named", async () => {
    Object.assign(play.settings, { namespaces: ["blog"], clusters: ["prod"] });
    const blog = { workload: { kind: "Deployment", namespace: "blog", name: "web" } };

    expect(await play.tell(run("a"))).toBe("not for it");
    expect(await play.tell(run("b", { ...blog, cluster_name: "staging" }))).toBe("not for it");
    expect(await play.tell(run("c", blog))).toBe("opened");
  });
});
