import * as z from "zod";
import { digestOfText } from "./digest.ts";
import type { GitLab } from "./gitlab-api.ts";
import { branchFor, UNSURE } from "./revert-words.ts";
import type { Deployed, Post, Reverted } from "./server.ts";

/** Source: docs.gitlab.com, "Commits API" */
const Commit = z.object({ id: z.string(), parent_ids: z.array(z.string()), message: z.string() });
const Branch = z.object({ commit: Commit });
const Merge = z.object({
  iid: z.int(),
  web_url: z.string(),
  title: z.string(),
  description: z.string().nullish(),
});

/**
 * Opens a merge request that reverts exactly the commit that was deployed when it failed; or says why that is not certain. It
 * writes a branch of its own, and merges nothing.
 * @throws RemediationError `DeliveryRefused`, `DeliveryFailed`
 */
export async function gitlabRevert(gitlab: GitLab, deployed: Deployed, { title, body }: Post): Promise<Reverted> {
  const { default_branch: base } = await gitlab.project();
  if (base == null) return { unsure: UNSURE.notThere };
  const bad = await gitlab.askFor(Commit, "GET", `/repository/commits/${deployed.from}`, [404]);
  if ("status" in bad) return { unsure: UNSURE.notThere };
  if (bad.value.parent_ids[0] !== deployed.to) return { unsure: UNSURE.several };
  const head = (await branchAt(gitlab, base))?.commit.id;
  if (head === undefined || !(await isOn(gitlab, deployed.from, head))) return { unsure: UNSURE.notOnBranch };
  const branch = branchFor(deployed);
  const query = `scope=all&state=all&source_branch=${encodeURIComponent(branch)}`;
  const [earlier] = await gitlab.ask(z.array(Merge), "GET", `/merge_requests?${query}`);
  if (earlier !== undefined) return { unsure: UNSURE.before(`!${earlier.iid}`) };
  const why = await reverted(gitlab, { sha: deployed.from, branch, head });
  if (why !== undefined) return { unsure: why };
  const made = await gitlab.ask(Merge, "POST", "/merge_requests", {
    ...{ source_branch: branch, target_branch: base, title, description: body, remove_source_branch: true },
  });
  return { is: "revert", number: made.iid, url: made.web_url, text: digestOfText(made.title, made.description) };
}

interface Wanted {
  sha: string;
  branch: string;
  head: string;
}

/**
 * Has the branch hold the revert, on top of the default branch, as an earlier try may have left it; or says why it cannot. A trial
 * without a commit would need the right to push to the default branch.
 */
async function reverted(gitlab: GitLab, { sha, branch, head }: Wanted): Promise<string | undefined> {
  const path = `/repository/branches/${encodeURIComponent(branch)}`;
  const present = await branchAt(gitlab, branch);
  if (present !== undefined && present.commit.id !== head) {
    const { parent_ids: parents, message } = present.commit;
    const isOwn = parents.length === 1 && parents[0] === head && message.startsWith("Revert ");
    return isOwn ? undefined : UNSURE.taken(branch);
  }
  if (present === undefined) {
    const query = new URLSearchParams({ branch, ref: head }).toString();
    await gitlab.ask(z.unknown(), "POST", `/repository/branches?${query}`);
  }
  const done = await gitlab.askFor(z.unknown(), "POST", `/repository/commits/${sha}/revert`, [400], { branch });
  if (!("status" in done)) return undefined;
  await gitlab.ask(z.unknown(), "DELETE", path);
  return UNSURE.conflict;
}

async function branchAt(gitlab: GitLab, name: string): Promise<z.output<typeof Branch> | undefined> {
  const found = await gitlab.askFor(Branch, "GET", `/repository/branches/${encodeURIComponent(name)}`, [404]);
  return "status" in found ? undefined : found.value;
}

/** Whether a commit is on a branch: it is then what both have in common. */
async function isOn(gitlab: GitLab, sha: string, head: string): Promise<boolean> {
  const query = [sha, head].map((ref) => `refs[]=${ref}`).join("&");
  const found = await gitlab.askFor(z.object({ id: z.string() }), "GET", `/repository/merge_base?${query}`, [400, 404]);
  return "value" in found && found.value.id === sha;
}
