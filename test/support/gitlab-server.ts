import { GitObjects } from "./git-objects.ts";
import { GitServerStandIn, type GitAnswer, type GitCall } from "./git-server.ts";

interface GitLabItem {
  is: "issues" | "merge_requests";
  iid: number;
  title: string;
  description: string;
  state: string;
  notes: { body: string }[];
  labels: string[];
  assignees: object[];
  milestone: null;
  source_branch?: string;
  target_branch?: string;
}

/**
 * A private project on GitLab, as far as the workflow asks for it. Statuses and fields follow docs.gitlab.com, "Issues API", "Merge
 * requests API", "Commits API" and "Branches API".
 */
export class GitLabStandIn {
  readonly git = new GitObjects();
  readonly items: GitLabItem[] = [];
  readonly server = new GitServerStandIn((call) => this.#respond(call));
  settings = { visibility: "private", archived: false, issues_access_level: "enabled", default_branch: "main" };
  readonly token = "glpat-0123456789abcdef";
  readonly repository = "ops/shop/deploy";

  #respond({ method, path, headers, body }: GitCall): GitAnswer {
    if (headers["private-token"] !== this.token) return { status: 401, body: { message: "401 Unauthorized" } };
    const url = new URL(path, "http://host");
    const root = `/projects/${encodeURIComponent(this.repository)}`;
    if (!url.pathname.startsWith(root)) return NOT_FOUND;
    const [, first = "", ...rest] = url.pathname.slice(root.length).split("/").map(decodeURIComponent);
    if (first === "") return { status: 200, body: this.settings };
    if (first === "repository") return this.#repository(method, rest, url.searchParams, body);
    if (first === "issues" || first === "merge_requests")
      return this.#items(method, first, rest, url.searchParams, body);
    return NOT_FOUND;
  }

  #items(
    method: string,
    is: GitLabItem["is"],
    [iid, part]: string[],
    query: URLSearchParams,
    body: Record<string, unknown>,
  ): GitAnswer {
    const all = this.items.filter((item) => item.is === is);
    if (iid === undefined) {
      if (method === "GET") {
        const branch = query.get("source_branch");
        const found = all.filter(({ source_branch: source }) => branch === null || source === branch);
        return { status: 200, body: found.toReversed().map(shown) };
      }
      const { labels } = body as { labels?: string };
      const item = this.add(is, { ...body, labels: labels === undefined ? [] : [labels] });
      return { status: 201, body: shown(item) };
    }
    const item = all.find((each) => each.iid === Number(iid));
    if (item === undefined) return NOT_FOUND;
    if (part === "notes") {
      if (method === "GET") return { status: 200, body: item.notes.toReversed() };
      item.notes.push({ body: String(body["body"]) });
      return { status: 201, body: item.notes.at(-1) };
    }
    if (method === "PUT" && body["state_event"] === "close") item.state = "closed";
    return { status: 200, body: shown(item) };
  }

  add(is: GitLabItem["is"], fields: Partial<GitLabItem>): GitLabItem {
    const iid = this.items.filter((item) => item.is === is).length + 1;
    const item: GitLabItem = {
      ...{
        is,
        iid,
        title: "",
        description: "",
        state: "opened",
        notes: [],
        labels: [],
        assignees: [],
        milestone: null,
      },
      ...fields,
    };
    this.items.push(item);
    return item;
  }

  #repository(method: string, [kind, name = "", part]: string[], query: URLSearchParams, body: object): GitAnswer {
    if (kind === "merge_base") {
      const [one = "", other = ""] = query.getAll("refs[]");
      return this.git.isAncestor(one, other) ? { status: 200, body: { id: one } } : NOT_FOUND;
    }
    if (kind === "branches") return this.#branches(method, name, query);
    if (kind !== "commits") return NOT_FOUND;
    const commit = this.git.commits.get(name);
    if (commit === undefined) return NOT_FOUND;
    if (part === "revert") return this.#revert(name, (body as { branch: string }).branch);
    return { status: 200, body: { id: name, parent_ids: commit.parents, message: commit.message } };
  }

  #branches(method: string, name: string, query: URLSearchParams): GitAnswer {
    if (method === "POST") {
      const [branch, ref] = [query.get("branch") ?? "", query.get("ref") ?? ""];
      if (this.git.branches.has(branch)) return { status: 400, body: { message: "Branch already exists" } };
      this.git.branches.set(branch, ref);
    }
    const sha = this.git.branches.get(query.get("branch") ?? name);
    const commit = sha === undefined ? undefined : this.git.commits.get(sha);
    if (sha === undefined || commit === undefined) return NOT_FOUND;
    if (method === "DELETE") {
      this.git.branches.delete(name);
      return { status: 204 };
    }
    const body = { commit: { id: sha, parent_ids: commit.parents, message: commit.message } };
    return { status: method === "POST" ? 201 : 200, body };
  }

  /** File by file, which is enough to tell a conflict. */
  #revert(sha: string, branch: string): GitAnswer {
    const [bad, head] = [this.git.commits.get(sha), this.git.branches.get(branch)];
    const good = this.git.commits.get(bad?.parents[0] ?? "");
    if (bad === undefined || good === undefined || head === undefined) return NOT_FOUND;
    const [from, to] = [this.git.filesOf(bad.tree), this.git.filesOf(good.tree)];
    const present = new Map(Object.entries(this.git.filesAt(branch)));
    for (const path of new Set([...Object.keys(from), ...Object.keys(to)])) {
      if (from[path] === to[path]) continue;
      if (present.get(path) !== from[path])
        return { status: 400, body: { message: "conflict", error_code: "conflict" } };
      if (to[path] === undefined) present.delete(path);
      else present.set(path, to[path]);
    }
    const made = this.git.commit(
      Object.fromEntries(present),
      [head],
      branch,
      `Revert "change"\n\nThis reverts commit ${sha}`,
    );
    return { status: 201, body: { id: made } };
  }
}

function shown({ notes, is, ...item }: GitLabItem): object {
  const web_url = `https://gitlab.com/ops/shop/deploy/-/${is}/${item.iid}`;
  return { ...item, web_url, user_notes_count: notes.length };
}

const NOT_FOUND: GitAnswer = { status: 404, body: { message: "404 Project Not Found" } };
