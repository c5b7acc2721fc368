import { describe, expect, it } from "vitest";
import { code, codeBlock, plainWords } from "../../../../functions/notify/git/code.ts";
import { occasionOf } from "../../../../functions/notify/git/occasion.ts";
import type { GitRepository } from "../../../../functions/notify/git/settings.ts";
import { endPost, issuePost, revertPost } from "../../../../functions/notify/git/words.ts";
import { hostileText } from "../../../support/hostile.ts";
import fc from "../../../support/properties.ts";
import { document } from "../deliver/documents.ts";
import { run, SECRET } from "./told-in-git.ts";

const texts = fc.array(hostileText, { maxLength: 60 });
const name = hostileText.map((text) => text.slice(0, 253));
/** What makes something of text on GitHub and GitLab. */
const marks = fc.constantFrom(
  "`",
  "``",
  "````",
  "@shop",
  "#1",
  "!1",
  "fixes #1",
  "/close",
  "![](https://evil.example/x)",
  "<b>",
  "-->",
  "\n",
  "|",
  "~~~",
);
const nasty = fc.array(fc.oneof(marks, hostileText), { maxLength: 8 }).map((parts) => parts.join(""));
const told = fc
  .record({
    workload: fc.record({ kind: nasty, namespace: name, name: nasty }),
    cluster_name: nasty,
    cause: nasty,
    headline: nasty,
    what: nasty,
    status: texts,
    found: fc.array(nasty),
    evidence: fc.array(nasty),
    next_steps: fc.array(nasty),
    commands: fc.array(nasty),
    requested_by: nasty,
  })
  .map((fields) => {
    const repository = {
      kind: "webhook",
      url: "https://hooks.example",
      secret: SECRET,
      per_hour: 1,
    } satisfies GitRepository;
    const told = document({ ...run("a"), ...fields });
    const occasion = occasionOf(told, repository);
    if (occasion === undefined) throw new Error("It needs a person.");
    return { document: told, occasion, at: "2026-06-01T12:00:00.000Z", deployed: { unsure: fields.what } };
  });

/** What stands outside of code, as CommonMark has it: blocks of code by lines, then spans of code in each other line. */
function outside(body: string): string {
  let fence: string | undefined;
  const lines = body.split("\n").filter((line) => {
    const marks = /^ {0,3}(`{3,})/.exec(line)?.[1];
    if (fence === undefined && marks !== undefined && !line.slice(line.indexOf(marks) + marks.length).includes("`")) {
      fence = marks;
      return false;
    }
    if (fence === undefined) return true;
    if (marks !== undefined && marks.length >= fence.length && /^ {0,3}`+ *$/.test(line)) fence = undefined;
    return false;
  });
  expect(fence).toBeUndefined();
  return lines.map((line) => line.replace(/(?<!`)(`+)(?!`)(.*?)(?<!`)\1(?!`)/g, "CODE")).join("\n");
}

/** The workflow's own words, headings, and the mark at the end. */
const OWN =
  /^(CODE on cluster CODE: \*\*[\p{L}\p{N} .,:()/_?[\]…-]*\*\*|As of \S+Z, [a-z ,.A-Z]+|No revert was opened: CODE\.|CODE|- CODE|### [A-Z][a-z ]+|There is one issue[A-Za-z ,;.]+|Nothing fails any more, [a-z .]+|Argo CD had [A-Za-z ,:.]+|Once this is merged, [a-z ,.]+|<!-- eks-remediation:[0-9a-f]{32} -->|)$/u;

describe("text from the cluster", () => {
  it("stands as code in all that is written, outside of which are the workflow's own words alone", () => {
    const commits = { from: "a".repeat(40), to: "b".repeat(40) };
    fc.assert(
      fc.property(told, fc.boolean(), (each, isKept) => {
        for (const { title, body } of [issuePost(each, isKept), endPost(each), revertPost(each, commits)]) {
          for (const line of outside(body).split("\n")) expect(line).toMatch(OWN);
          expect(body.length).toBeLessThanOrEqual(65_536);
          expect(body).not.toMatch(/:\/\//);
          expect(title).toMatch(/^[\p{L}\p{N} .,:()/_?[\]…-]*$/u);
          expect(title.length).toBeLessThanOrEqual(255);
        }
      }),
    );
  });

  it("is one span of code, whatever marks are in it", () => {
    expect(code("a `b` c")).toBe("``a `b` c``");
    expect(code("`")).toBe("`` ` ``");
    expect(code("``x")).toBe("``` ``x ```");
    expect(code("a\n@b")).toBe("`a @b`");
    expect(code("")).toBe("`-`");
    fc.assert(
      fc.property(nasty, (text) => {
        expect(outside(code(text))).toBe("CODE");
      }),
    );
  });

  it("ends no block of code", () => {
    expect(codeBlock(["kubectl get pods", "```"])).toBe("````\nkubectl get pods\n```\n````");
  });

  it("has no marks in a title", () => {
    expect(plainWords("@shop #1 https://evil.example *a* `b`", 100)).toBe("?shop ?1 https:/evil.example ?a? ?b?");
  });

  it("is cut where there is too much of it", () => {
    const evidence = Array.from({ length: 1_000 }, (_, index) => `${index} ${"x".repeat(590)}`);
    const much = document({
      ...run("a"),
      evidence,
      found: evidence,
      done: evidence,
      changed: evidence,
      not_done: evidence,
      status: evidence,
    });
    const repository = {
      kind: "webhook",
      url: "https://hooks.example",
      secret: SECRET,
      per_hour: 1,
    } satisfies GitRepository;
    const occasion = occasionOf(much, repository);
    if (occasion === undefined) throw new Error("It needs a person.");

    const { body } = issuePost({ document: much, occasion, at: "2026-06-01T12:00:00.000Z" }, true);
    expect(body.length).toBeLessThanOrEqual(60_000);
    expect(body).toMatch(/and \d+ more/);
    expect(body).toContain("<!-- eks-remediation:");
  });
});
