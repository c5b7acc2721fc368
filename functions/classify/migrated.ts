import type { Case } from "../facts/case.ts";
import type { RevisionRef } from "../shared/refs.ts";
import { some } from "../shared/text.ts";

/** How many Jobs are named. */
const NAMED = 3;

/** That Jobs ran with the present revision that were released with it, as an evidence line; nothing where none is known. */
export function releaseJobLines({ evidence: { neededBefore } }: Case): string[] {
  return (neededBefore?.jobs ?? [])
    .slice(0, NAMED)
    .map(
      ({ name, started }) =>
        `Job ${name} of the same release was started at ${started}, about when the present revision came, or since`,
    );
}

/**
 * That a Job which was released with the present revision may have changed what the earlier one works with, in sentences. Where pods
 * of that one are ready, they show that they work with it. Undefined where no such Job is known.
 */
export function mayBeMigrated({ evidence: { neededBefore }, revisions }: Case, to: RevisionRef): string | undefined {
  const jobs = neededBefore?.revision === to.name ? (neededBefore.jobs ?? []) : [];
  const serves = revisions.some(({ name, available }) => name === to.name && available > 0);
  if (jobs.length === 0 || serves) return undefined;
  const [job, was] = jobs.length === 1 ? ["Job", "was"] : ["Jobs", "were"];
  const names = some(
    jobs.map(({ name }) => name),
    NAMED,
  );
  return `Not rolled back: ${job} ${names} of the same release ${was} started about when the present revision came, or since. If that changed a schema, or data, revision ${to.revision} may not work with it, and may do harm. Whoever knows that it does may ask for that revision.`;
}
