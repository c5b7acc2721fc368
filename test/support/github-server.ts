import { GitObjects } from "./git-objects.ts";
import { GitServerStandIn, type GitAnswer, type GitCall } from "./git-server.ts";

interface GitHubIssue {
  number: number;
  title: string;
  body: string;
  state: string;
  comments: { body: string }[];
  labels: string[];
  assignees: { login: string }[];
  milestone: null;
  pull?: { head: string; base: string };
}

/**
 * A private repository on GitHub, as far as the workflow asks for it. Statuses and fields follow docs.github.com, "REST API endpoints
 * for issues", "… for pull requests", "… for Git database".
 */
export class GitHubStandIn {
  readonly git = new GitObjects();
  readonly issues: GitHubIssue[] = [];
  readonly server = new GitServerStandIn((call) => this.#respond(call));
  settings = { private: true, archived: false, has_issues: true, default_branch: "main" };
  readonly token: string;
  readonly repository: string;

  constructor(repository = "shop/deploy", token = "github_pat_0123456789") {
    this.repository = repository;
    this.token = token;
  }

  #respond({ method, path, headers, body }: GitCall): GitAnswer {
    if (headers.authorization !== `Bearer ${this.token}`) return { status: 401, body: { message: "Bad credentials" } };
    const url = new URL(path, "http://host");
    const root = `/repos/${this.repository}`;
    if (!url.pathname.startsWith(root)) return NOT_FOUND;
    const [, first = "", ...rest] = url.pathname.slice(root.length).split("/");
    if (first === "") return { status: 200, body: this.settings };
    if (first === "issues") return this.#issues(method, rest, body);
    if (first === "pulls") return this.#pulls(method, url.searchParams, body);
    if (first === "compare") return this.#compare(rest.join("/"));
    return first === "git" ? this.#git(method, rest, body) : NOT_FOUND;
  }

  #issues(method: string, [number, part]: string[], body: Record<string, unknown>): GitAnswer {
    if (number === undefined) {
      if (method === "GET") return { status: 200, body: this.issues.toReversed().map((issue) => this.#shown(issue)) };
      if (!this.settings.has_issues) return { status: 410, body: { message: "Issues has been disabled" } };
      const { title, body: text, labels } = body as { title: string; body: string; labels: string[] };
      return { status: 201, body: this.#shown(this.add({ title, body: text, labels })) };
    }
    const issue = this.issues.find((each) => each.number === Number(number));
    if (issue === undefined) return NOT_FOUND;
    if (part === "comments") {
      if (method === "GET") return { status: 200, body: issue.comments };
      issue.comments.push({ body: String(body["body"]) });
      return { status: 201, body: issue.comments.at(-1) };
    }
    if (method === "PATCH") issue.state = String(body["state"]);
    return { status: 200, body: this.#shown(issue) };
  }

  /** An issue that somebody opens. */
  add(issue: Pick<GitHubIssue, "title" | "body"> & Partial<GitHubIssue>): GitHubIssue {
    const added: GitHubIssue = {
      ...{ number: this.issues.length + 1, state: "open", comments: [], labels: [], assignees: [], milestone: null },
      ...issue,
    };
    this.issues.push(added);
    return added;
  }

  #shown({ comments, labels, pull, ...issue }: GitHubIssue): object {
    const html_url = `https://github.com/${this.repository}/${pull === undefined ? "issues" : "pull"}/${issue.number}`;
    return {
      ...issue,
      html_url,
      comments: comments.length,
      labels: labels.map((name) => ({ name })),
      ...(pull === undefined ? {} : { pull_request: { html_url } }),
    };
  }

  #pulls(method: string, query: URLSearchParams, body: Record<string, unknown>): GitAnswer {
    const [owner = ""] = this.repository.split("/");
    const pulls = this.issues.filter(({ pull }) => pull !== undefined);
    if (method === "GET") {
      const wanted = pulls.filter(({ pull }) => `${owner}:${pull?.head ?? ""}` === query.get("head"));
      return { status: 200, body: wanted.map((issue) => this.#shown(issue)) };
    }
    const { title, body: text, head, base } = body as Record<"title" | "body" | "head" | "base", string>;
    if (!this.git.branches.has(head) || pulls.some(({ pull, state }) => pull?.head === head && state === "open"))
      return UNPROCESSABLE;
    return { status: 201, body: this.#shown(this.add({ title, body: text, pull: { head, base } })) };
  }

  #compare(names: string): GitAnswer {
    const [base = "", branch = ""] = names.split("...").map(decodeURIComponent);
    const head = this.git.branches.get(branch);
    if (head === undefined || !this.git.commits.has(base)) return NOT_FOUND;
    const status = head === base ? "identical" : this.git.isAncestor(base, head) ? "ahead" : "diverged";
    return { status: 200, body: { status } };
  }

  #git(method: string, [kind = "", ...rest]: string[], body: Record<string, unknown>): GitAnswer {
    const name = rest.map(decodeURIComponent).join("/");
    if (method === "GET" && kind === "ref") return this.#ref(name.replace(/^heads\//, ""));
    if (method === "GET" && kind === "commits") return this.#commit(name);
    if (method === "GET" && kind === "trees") {
      const tree = this.git.trees.get(name);
      return tree === undefined ? NOT_FOUND : { status: 200, body: { sha: name, truncated: false, tree } };
    }
    if (kind === "trees") {
      const { base_tree: base, tree } = body as { base_tree: string; tree: { path: string; sha: string | null }[] };
      return { status: 201, body: { sha: this.git.changed(base, tree) } };
    }
    if (kind === "commits") {
      const { tree, parents, message } = body as { tree: string; parents: string[]; message: string };
      const sha = this.git.commitTree(tree, parents, undefined, message);
      return { status: 201, body: { sha } };
    }
    if (kind !== "refs") return NOT_FOUND;
    const { ref, sha } = body as { ref: string; sha: string };
    const branch = ref.replace(/^refs\/heads\//, "");
    if (this.git.branches.has(branch)) return { status: 422, body: { message: "Reference already exists" } };
    this.git.branches.set(branch, sha);
    return { status: 201, body: { ref, object: { sha } } };
  }

  #ref(branch: string): GitAnswer {
    const sha = this.git.branches.get(branch);
    return sha === undefined ? NOT_FOUND : { status: 200, body: { ref: `refs/heads/${branch}`, object: { sha } } };
  }

  #commit(sha: string): GitAnswer {
    const commit = this.git.commits.get(sha);
    if (commit === undefined) return NOT_FOUND;
    const parents = commit.parents.map((parent) => ({ sha: parent }));
    return { status: 200, body: { sha, message: commit.message, tree: { sha: commit.tree }, parents } };
  }
}

const NOT_FOUND: GitAnswer = { status: 404, body: { message: "Not Found" } };
const UNPROCESSABLE: GitAnswer = { status: 422, body: { message: "Validation Failed" } };
