import { afterEach, describe, expect, it } from "vitest";
import type { GitAnswer } from "../../../support/git-server.ts";
import { Playground, run } from "./told-in-git.ts";

let play: Playground;
afterEach(() => {
  play.stop();
});

async function answered(kind: "github" | "gitlab", answer: GitAnswer, method = "POST"): Promise<string> {
  play = await new Playground(kind).start();
  play.trouble = (call) => (call.method === method ? answer : undefined);
  return await play.tell(run("a"));
}

describe("an answer that is final", () => {
  it.each<["github" | "gitlab", GitAnswer, string]>([
    ["github", { status: 401, body: { message: "Bad credentials" } }, "put a new one into the secret"],
    [
      "github",
      { status: 403, body: { message: "Resource not accessible by personal access token" } },
      "it needs Issues",
    ],
    [
      "github",
      { status: 404, body: { message: "Not Found" } },
      "There is no such repository, or the token may not see it.",
    ],
    ["github", { status: 410, body: { message: "Issues has been disabled" } }, "Issues are switched off"],
    ["github", { status: 422, body: { message: "Validation Failed" } }, "status 422: Validation Failed"],
    ["github", { status: 301, headers: { location: "https://evil.example/" } }, "The repository was moved"],
    ["gitlab", { status: 302, headers: { location: "https://evil.example/" } }, "The project was moved"],
    ["gitlab", { status: 400, body: { message: { title: ["is too long"] } } }, 'status 400: {"title":["is too long"]}'],
    ["gitlab", { status: 401, body: { message: "401 Unauthorized" } }, "put a new one into the secret"],
    ["gitlab", { status: 403, body: { message: "403 Forbidden" } }, "it needs the scope api"],
    ["gitlab", { status: 404, body: { message: "404 Project Not Found" } }, "There is no such project"],
  ])("of %s, %j, is an error that says what to do, and is nothing that is waited for", async (kind, answer, words) => {
    const told = await answered(kind, answer);

    expect(told).toMatch(/^DeliveryRefused: POST \//);
    expect(told).toContain(words);
    play.trouble = () => undefined;
    // Without waiting for whether it is under way.
    expect(await play.tell(run("a"))).toBe("opened");
    expect(play.elapsed).toBe(0);
  });

  it.each(["github", "gitlab"] as const)("does not repeat the token of %s, whatever the server says", async (kind) => {
    play = await new Playground(kind).start();
    const { token } = play;
    play.trouble = () => ({ status: 403, body: { message: `no ${token} here` } });

    const told = await play.tell(run("a"));
    expect(told).toContain("no (hidden) here");
    expect(told).not.toContain(token);
  });

  it.each(["github", "gitlab"] as const)("is that of a wrong token in %s, and nothing is written", async (kind) => {
    play = await new Playground(kind).start();
    play.token = "wrong-token";

    expect(await play.tell(run("a"))).toMatch(/^DeliveryRefused: .*The token is wrong, expired or revoked/);
    expect(play.writes).toEqual([]);
  });

  it("does not send the token elsewhere", async () => {
    play = await new Playground("github").start();
    const other = await new Playground("github").start();
    play.trouble = () => ({ status: 307, headers: { location: "http://127.0.0.1:1/" } });

    expect(await play.tell(run("a"))).toMatch(/^DeliveryRefused/);
    expect(other.github.server.calls).toEqual([]);
    other.stop();
  });
});

describe.each(["github", "gitlab"] as const)("an answer of %s in no known form", (kind) => {
  it("is no proof that nothing was written", async () => {
    play = await new Playground(kind).start();
    let isFirst = true;
    play.trouble = ({ method, path }) => {
      if (method !== "POST" || !isFirst) return undefined;
      isFirst = false;
      return { status: 201, body: { hello: path } };
    };

    expect(await play.tell(run("a"))).toMatch(/^DeliveryFailed: .* is it the API of Git/);
    expect(await play.tell(run("a"))).toBe("opened");
    // It was waited for, and looked for.
    expect(play.elapsed).toBeGreaterThanOrEqual(115_000);
  });
});

describe("an answer that may be another one later", () => {
  it.each<["github" | "gitlab", GitAnswer]>([
    ["github", { status: 403, headers: { "retry-after": "60" } }],
    ["github", { status: 403, headers: { "x-ratelimit-remaining": "0" } }],
    ["github", { status: 403, body: { message: "You have exceeded a secondary rate limit" } }],
    ["github", { status: 429 }],
    ["github", { status: 500 }],
    ["gitlab", { status: 429, headers: { "retry-after": "60" } }],
    ["gitlab", { status: 503 }],
  ])("of %s, %j, is one to try again", async (kind, answer) => {
    expect(await answered(kind, answer, "GET")).toMatch(/^DeliveryFailed: GET \//);
    play.trouble = () => undefined;
    expect(await play.tell(run("a"))).toBe("opened");
  });
});

describe("nothing is opened", () => {
  it.each<["github" | "gitlab", object, string]>([
    ["github", { private: false }, "shop/deploy: it is public"],
    ["github", { archived: true }, "shop/deploy: it is archived"],
    ["github", { has_issues: false }, "shop/deploy: it has its issues switched off"],
    ["gitlab", { visibility: "public" }, "ops/shop/deploy: it is public"],
    ["gitlab", { archived: true }, "ops/shop/deploy: it is archived"],
    ["gitlab", { issues_access_level: "disabled" }, "ops/shop/deploy: it has its issues switched off"],
  ])("in a repository of %s that is %j", async (kind, settings, words) => {
    play = await new Playground(kind).start();
    Object.assign(play[kind].settings, settings);

    expect(await play.tell(run("a"))).toContain(words);
    expect(play.writes).toEqual([]);
  });
});
