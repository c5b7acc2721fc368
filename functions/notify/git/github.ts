import * as z from "zod";
import { digestOfText } from "./digest.ts";
import type { Thread } from "./entry.ts";
import { GitHub } from "./github-api.ts";
import { githubRevert } from "./github-revert.ts";
import { isMarked, LABEL, unfit, type GitServer, type Look, type Opened } from "./server.ts";
import type { GitHubSettings } from "./settings.ts";

/** Source: docs.github.com, "REST API endpoints for issues". A pull request is an issue, too. */
const Issue = z.object({
  number: z.int(),
  html_url: z.string(),
  state: z.string(),
  title: z.string(),
  body: z.string().nullish(),
  comments: z.int(),
  assignees: z.array(z.unknown()).nullish(),
  milestone: z.unknown(),
  labels: z.array(z.union([z.string(), z.object({ name: z.string() })])),
  pull_request: z.unknown().optional(),
});
type Issue = z.output<typeof Issue>;
const Comments = z.array(z.object({ body: z.string().nullish() }));

/** How many issues are looked through for one that was opened just now. */
const PAGE = 100;

/** Issues, and pull requests that revert, of a repository on GitHub or on a GitHub Enterprise Server. */
export function githubServer(settings: GitHubSettings, token: string): GitServer {
  const github = new GitHub(settings, token);
  return {
    async check() {
      const { private: isPrivate, archived, has_issues: hasIssues } = await github.repository();
      if (!isPrivate) throw unfit(settings, "is public, and issues would show to everybody what containers said");
      if (archived) throw unfit(settings, "is archived");
      if (!hasIssues) throw unfit(settings, "has its issues switched off");
    },
    async open({ title, body }) {
      return openedOf(await github.ask(Issue, "POST", "/issues", { title, body, labels: [LABEL] }));
    },
    async find(id, since) {
      const query = `state=all&sort=created&direction=desc&per_page=${PAGE}&since=${since.toISOString()}`;
      const issues = await github.ask(z.array(Issue), "GET", `/issues?${query}`);
      const found = issues.find(({ body }) => isMarked(body, id));
      return found === undefined ? undefined : openedOf(found);
    },
    async look(thread) {
      const found = await github.askFor(Issue, "GET", `/issues/${thread.number}`, [301, 404, 410]);
      return "status" in found ? undefined : lookOf(found.value, thread);
    },
    async comment({ number }, { body }) {
      await github.ask(z.unknown(), "POST", `/issues/${number}/comments`, { body });
    },
    async hasComment({ number }, id, since) {
      const query = `per_page=${PAGE}&since=${since.toISOString()}`;
      const comments = await github.ask(Comments, "GET", `/issues/${number}/comments?${query}`);
      return comments.some(({ body }) => isMarked(body, id));
    },
    async close({ number }) {
      await github.ask(z.unknown(), "PATCH", `/issues/${number}`, { state: "closed", state_reason: "completed" });
    },
    revert: async (deployed, post) => await githubRevert(github, deployed, post),
  };
}

function openedOf(issue: Pick<Issue, "number" | "html_url" | "title" | "body" | "pull_request">): Opened {
  const { number, html_url: url, title, body } = issue;
  const is = issue.pull_request == null ? "issue" : "revert";
  return { is, number, url, text: digestOfText(title, body) };
}

function lookOf(issue: Issue, { text, comments }: Thread): Look {
  const names = issue.labels.map((label) => (typeof label === "string" ? label : label.name));
  return {
    isOpen: issue.state === "open",
    isUntouched:
      issue.comments === comments &&
      (issue.assignees ?? []).length === 0 &&
      issue.milestone == null &&
      names.every((name) => name === LABEL) &&
      digestOfText(issue.title, issue.body) === text,
  };
}
