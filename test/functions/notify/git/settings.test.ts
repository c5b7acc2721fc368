import { describe, expect, it } from "vitest";
import { GitSettings, idOf, nameOf } from "../../../../functions/notify/git/settings.ts";
import { tokenIn } from "../../../../functions/notify/git/token.ts";
import { describeIssues } from "../../../../functions/shared/validation.ts";
import { SECRET } from "./told-in-git.ts";

const github = { kind: "github", repository: "shop/deploy", secret: SECRET };
const gitlab = { kind: "gitlab", repository: "ops/shop/deploy", secret: SECRET };
const webhook = { kind: "webhook", url: "https://hooks.example/git", secret: SECRET };

function refusal(...repositories: object[]): string {
  const { error } = GitSettings.safeParse({ repositories });
  return error === undefined ? "none" : describeIssues(error);
}

describe("the settings of Git", () => {
  it("need a repository and a secret, and open issues in all namespaces where nothing else is said", () => {
    const { repositories } = GitSettings.parse({ repositories: [github, gitlab, webhook] });

    expect(repositories).toEqual([
      { ...github, api: "https://api.github.com", opens: "issue", per_hour: 10 },
      { ...gitlab, api: "https://gitlab.com/api/v4", opens: "issue", per_hour: 10 },
      { ...webhook, per_hour: 10 },
    ]);
    expect(repositories.map(nameOf)).toEqual(["github shop/deploy", "gitlab ops/shop/deploy", "webhook hooks.example"]);
    expect(new Set(repositories.map(idOf)).size).toBe(3);
  });

  it.each<[string, object, string]>([
    ["a token in the place of its secret", { ...github, secret: "github_pat_0123456789" }, "and not what it holds"],
    ["a secret by a part of its ARN", { ...github, secret: SECRET.slice(0, -7) }, "the whole ARN"],
    ["http", { ...github, api: "http://github.example/api/v3" }, "must be an https address"],
    [
      "credentials in an address",
      { ...webhook, url: "https://me:topsecret@hooks.example" },
      "must be an https address",
    ],
    ["a query in an address", { ...webhook, url: "https://hooks.example?key=topsecret" }, "must be an https address"],
    ["a repository that is no such name", { ...github, repository: "deploy" }, "must be owner/name"],
    ["a path in a project's name", { ...gitlab, repository: "../deploy" }, "must be group/project"],
    ["another kind", { ...github, kind: "gitea" }, "kind"],
    ["another thing to open", { ...github, opens: "merge" }, "must be issue or revert"],
    ["reverts of a webhook", { ...webhook, opens: "revert" }, "opens"],
    ["a setting that is misspelt", { ...github, namespace: ["shop"] }, "namespace"],
    ["no namespace", { ...github, namespaces: [] }, "namespaces"],
    ["nothing in an hour", { ...github, per_hour: 0 }, "per_hour"],
    [
      "more than a subscription can filter by",
      { ...github, namespaces: Array.from({ length: 51 }, (_, index) => `n${index}`), clusters: ["a", "b", "c"] },
      "must have at most 150 combinations",
    ],
  ])("refuse %s, and do not repeat it", (_what, repository, words) => {
    expect(refusal(repository)).toContain(words);
    expect(refusal(repository)).not.toMatch(/topsecret|github_pat/);
  });

  it("refuse a repository twice, and more than ten", () => {
    expect(refusal(github, { ...github, namespaces: ["shop"] })).toContain("must name each repository once");
    const many = Array.from({ length: 11 }, (_, index) => ({ ...github, repository: `shop/r${index}` }));
    expect(refusal(...many)).not.toBe("none");
    expect(refusal()).toContain("must name at least one");
  });
});

describe("a secret", () => {
  it("is a token, as it is or in JSON", () => {
    expect(tokenIn(" github_pat_0123456789\n")).toBe("github_pat_0123456789");
    expect(tokenIn('{"token": "glpat-0123456789", "user": "bot"}')).toBe("glpat-0123456789");
  });

  it.each([
    "",
    "short",
    "two words of it",
    "token\nX-Header: 1",
    "{",
    '{"key": "topsecret-token"}',
    "täken-0123456789",
  ])("that holds %j is refused, and not repeated", (secret) => {
    expect(() => tokenIn(secret)).toThrow(/^What the secret holds is no token/);
    expect(() => tokenIn(secret)).not.toThrow("topsecret");
  });
});
