import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { GitCall } from "../../../support/git-server.ts";
import { Playground, run, syncedBack, WORKS_AGAIN } from "./told-in-git.ts";

/** Whether a request writes, and what. */
const opens = ({ method, path }: GitCall) => method === "POST" && path.endsWith("/issues");
const comments = ({ method, path }: GitCall) => method === "POST" && /\/(comments|notes)$/.test(path);
const closes = ({ method }: GitCall) => method === "PATCH" || method === "PUT";

describe.each(["github", "gitlab"] as const)("a write in %s whose answer is lost", (kind) => {
  let play: Playground;
  beforeEach(async () => {
    play = await new Playground(kind).start();
  });
  afterEach(() => {
    play.stop();
  });

  /** Has the first such request be done without an answer, or not be done; then Lambda sends the message again after a minute. */
  async function twice(which: (call: GitCall) => boolean, isDone: boolean, name: string, what = {}): Promise<string[]> {
    const at = play.now();
    let isFirst = true;
    play.trouble = (call) => {
      if (!which(call) || !isFirst) return undefined;
      isFirst = false;
      return isDone ? "lost" : { status: 502 };
    };
    const first = await play.tell(run(name, what), at);
    play.pass(1);
    return [first, await play.tell(run(name, what), at)];
  }

  it.each([
    ["was done", true, "done before"],
    ["was not done", false, "opened"],
  ])("is one issue where it %s", async (_what, isDone, second) => {
    const [first, again] = await twice(opens, isDone, "a");

    expect(first).toMatch(/^DeliveryFailed: /);
    expect(again).toBe(second);
    expect(play.threads).toHaveLength(1);
    play.pass(10);
    expect(await play.tell(run("b", WORKS_AGAIN))).toBe("ended");
  });

  it.each([
    ["was done", true, "done before"],
    ["was not done", false, "added"],
  ])("is one comment where it %s", async (_what, isDone, second) => {
    await play.tell(run("a"));
    play.pass(10);
    const [first, again] = await twice(comments, isDone, "b", { cause: "OutOfMemory" });

    expect(first).toMatch(/^DeliveryFailed: /);
    expect(again).toBe(second);
    expect(play.threads).toMatchObject([{ comments: [expect.any(String)] }]);
    play.pass(10);
    expect(await play.tell(run("c", WORKS_AGAIN))).toBe("ended");
  });

  it.each([
    ["comment that it works again", comments, true],
    ["comment that it works again, which was not done", comments, false],
    ["closing", closes, true],
    ["closing, which was not done", closes, false],
  ])("ends the issue once where it is the %s", async (_what, which, isDone) => {
    await play.tell(run("a"));
    play.pass(10);
    const [first, again] = await twice(which, isDone, "b", WORKS_AGAIN);

    expect(first).toMatch(/^DeliveryFailed: /);
    expect(again).toBe(isDone && which === closes ? "ended before" : "ended");
    expect(play.threads).toMatchObject([{ isOpen: false, comments: [expect.any(String)] }]);
  });

  it("is done again where it was not done, though the project has no merge requests", async () => {
    const at = play.now();
    play.trouble = (call) => (opens(call) ? { status: 502 } : undefined);
    await play.tell(run("a"), at);
    play.trouble = ({ path }) => (path.includes("/merge_requests") ? { status: 403 } : undefined);
    play.pass(1);

    expect(await play.tell(run("a"), at)).toBe("opened");
  });

  it("is looked for by the next message as well, where the first never comes again", async () => {
    play.trouble = (call) => (opens(call) ? "lost" : undefined);
    await play.tell(run("a"));
    play.trouble = () => undefined;
    play.pass(10);

    expect(await play.tell(run("b", { cause: "OutOfMemory" }))).toBe("added");
    expect(play.threads).toMatchObject([{ comments: [expect.any(String)] }]);
  });

  it("is one revert, at whichever of its requests that was", async () => {
    Object.assign(play.settings, { opens: "revert" });
    const good = play.git.commit({ "web.yaml": "1" }, [], "main");
    const bad = play.git.commit({ "web.yaml": "2" }, [good], "main");
    const count = kind === "github" ? 4 : 3;
    for (let index = 0; index < count; index += 1) {
      play.stop();
      play = await new Playground(kind, { opens: "revert" }).start();
      play.git.commit({ "web.yaml": "1" }, [], "main");
      play.git.commit({ "web.yaml": "2" }, [good], "main");
      let seen = 0;
      const [first, again] = await twice(
        ({ method }) => method !== "GET" && seen++ === index,
        true,
        "a",
        syncedBack(bad, good),
      );

      expect(first).toMatch(/^DeliveryFailed: /);
      expect(again).toBe(index === count - 1 ? "done before" : "revert opened");
      expect(play.threads).toMatchObject([{ isRevert: true }]);
    }
  });
});
