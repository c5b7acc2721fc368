import type { Deployed } from "./server.ts";

/** The branch of a revert: one for each commit. */
export function branchFor({ from }: Deployed): string {
  return `eks-remediation/revert-${from}`;
}

/** The message of the commit that reverts. It holds nothing that anybody but Git said. */
export function commitMessage({ from, to }: Deployed): string {
  return `Revert ${from.slice(0, 12)}\n\nThis reverts commit ${from}, and brings back what ${to} held.`;
}

/** Why it is not certain what to revert, or cannot be reverted. */
export const UNSURE = {
  notThere: "the commit that was deployed when it failed is not in this repository",
  notOnBranch: "the commit that was deployed when it failed is not on the default branch",
  several:
    "the commit that runs again is not the one right before it: others lie between, and any of them may have brought it",
  taken: (branch: string) => `there is a branch ${branch} already, which holds something else`,
  noBranch: (branch: string) => `the branch ${branch} cannot be made: a rule may forbid it, or another branch's name`,
  before: (what: string) => `a revert of it was opened before (${what})`,
  conflict: "what it changed was changed again since, or is as it was before already",
} as const;
