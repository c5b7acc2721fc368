import * as z from "zod";
import { digestOfText } from "./digest.ts";
import type { GitHub } from "./github-api.ts";
import { restoredFiles, type ReadTree } from "./restored-files.ts";
import { branchFor, commitMessage, UNSURE } from "./revert-words.ts";
import type { Deployed, Post, Reverted } from "./server.ts";

const Sha = z.object({ sha: z.string() });
/** Source: docs.github.com, "REST API endpoints for Git commits" */
const Commit = z.object({ sha: z.string(), tree: Sha, parents: z.array(Sha) });
type Commit = z.output<typeof Commit>;
/** Source: docs.github.com, "REST API endpoints for Git trees" */
const Tree = z.object({
  truncated: z.boolean(),
  tree: z.array(
    z.object({ path: z.string(), mode: z.string(), type: z.enum(["blob", "tree", "commit"]), sha: z.string() }),
  ),
});
const Ref = z.object({ object: Sha });
const Comparison = z.object({ status: z.string() });
const Pull = z.object({ number: z.int(), html_url: z.string(), title: z.string(), body: z.string().nullish() });

/**
 * Opens a pull request that takes back exactly what the commit changed that was deployed when it failed; or says why that is not
 * certain. It writes a branch of its own, and merges nothing.
 * @throws RemediationError `DeliveryRefused`, `DeliveryFailed`
 */
export async function githubRevert(github: GitHub, deployed: Deployed, { title, body }: Post): Promise<Reverted> {
  const { default_branch: base } = await github.repository();
  const bad = await github.askFor(Commit, "GET", `/git/commits/${deployed.from}`, [404, 409, 422]);
  if ("status" in bad) return { unsure: UNSURE.notThere };
  if (bad.value.parents[0]?.sha !== deployed.to) return { unsure: UNSURE.several };
  const head = await headOf(github, base);
  if (!(await isOn(github, deployed.from, base, head))) return { unsure: UNSURE.notOnBranch };
  const good = await commitAt(github, deployed.to);
  const roots = { from: bad.value.tree.sha, to: good.tree.sha, head: head.tree.sha };
  const files = await restoredFiles(roots, readerOf(github));
  if (typeof files === "string") return { unsure: files };

  const branch = branchFor(deployed);
  const [earlier] = await github.ask(z.array(Pull), "GET", `/pulls?state=all&head=${github.owner}:${branch}`);
  if (earlier !== undefined) return { unsure: UNSURE.before(`#${earlier.number}`) };
  const { sha: tree } = await github.ask(Sha, "POST", "/git/trees", { base_tree: roots.head, tree: files });
  const message = commitMessage(deployed);
  const { sha } = await github.ask(Sha, "POST", "/git/commits", { message, tree, parents: [head.sha] });
  const made = await github.askFor(Ref, "POST", "/git/refs", [422], { ref: `refs/heads/${branch}`, sha });
  if ("status" in made) {
    // One that an earlier try has made, which ended before it was told.
    const isOwn = await holds(github, branch, { tree, parent: head.sha });
    if (isOwn !== true) return { unsure: isOwn === undefined ? UNSURE.noBranch(branch) : UNSURE.taken(branch) };
  }
  const pull = await github.ask(Pull, "POST", "/pulls", { title, body, head: branch, base });
  return { is: "revert", number: pull.number, url: pull.html_url, text: digestOfText(pull.title, pull.body) };
}

async function headOf(github: GitHub, branch: string): Promise<Commit> {
  const { object } = await github.ask(Ref, "GET", `/git/ref/heads/${pathOf(branch)}`);
  return await commitAt(github, object.sha);
}

async function commitAt(github: GitHub, sha: string): Promise<Commit> {
  return await github.ask(Commit, "GET", `/git/commits/${sha}`);
}

/**
 * Whether a commit is on the branch: one of a fork can be asked for as well. The second page has neither commits nor files.
 * Source: docs.github.com, "Compare two commits"
 */
async function isOn(github: GitHub, sha: string, branch: string, head: Commit): Promise<boolean> {
  if (sha === head.sha) return true;
  const path = `/compare/${sha}...${pathOf(branch)}?page=2&per_page=1`;
  const compared = await github.askFor(Comparison, "GET", path, [404]);
  return "value" in compared && ["ahead", "identical"].includes(compared.value.status);
}

/** Undefined where there is no such branch. */
async function holds(
  github: GitHub,
  branch: string,
  wanted: { tree: string; parent: string },
): Promise<boolean | undefined> {
  const found = await github.askFor(Ref, "GET", `/git/ref/heads/${pathOf(branch)}`, [404]);
  if ("status" in found) return undefined;
  const { tree, parents } = await commitAt(github, found.value.object.sha);
  return tree.sha === wanted.tree && parents.length === 1 && parents[0]?.sha === wanted.parent;
}

function readerOf(github: GitHub): ReadTree {
  return async (sha) => {
    const { truncated, tree } = await github.ask(Tree, "GET", `/git/trees/${sha}`);
    return truncated ? undefined : tree;
  };
}

/** A branch in a path: its slashes stand, as GitHub has them. */
function pathOf(branch: string): string {
  return branch.split("/").map(encodeURIComponent).join("/");
}
