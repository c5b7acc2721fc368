import type { Revision } from "../kinds/revisions/revision.ts";
import { containerStatuses, isLeftover, isReady, isTerminating, readySince } from "../shared/kubernetes/pods.ts";
import type { Pod } from "../shared/kubernetes/types.ts";
import { count } from "../shared/text.ts";
import { isInitial, readyTime } from "./onset.ts";
import { served, type Record } from "./served.ts";

/** How the pods of a revision are at present. */
export interface Standing {
  /** How many are ready. */
  ready: number;
  /** How many of these have been ready for as long as it takes to count as stable. */
  proven: number;
  /** How many fail of themselves, or are ready again only since a short while. */
  failing: number;
}

/** What speaks for and against revisions beside their own records. */
export interface Present extends Record {
  /** How their pods are, by the revision's name; of one that is not here, nothing is known. */
  standings?: ReadonlyMap<string, Standing>;
}

/** A revision that is known to have been well, and how that is known. */
export interface WellRevision {
  revision: Revision;
  confidence: "high" | "medium";
  evidence: string;
}

/**
 * Counts how the pods of each revision are.
 * @param isMadeFrom whether a pod was made from the revision of that name
 * @param fails whether a pod fails of itself
 */
export function standingsOf(
  revisions: readonly Revision[],
  pods: readonly Pod[],
  isMadeFrom: (pod: Pod, name: string) => boolean,
  fails: (pod: Pod) => boolean,
  { now, stableSeconds }: { now: Date; stableSeconds: number },
): Map<string, Standing> {
  const living = pods.filter((pod) => !isTerminating(pod) && !isLeftover(pod));
  const isProven = (pod: Pod) => isReady(pod) && secondsReady(pod, now) >= stableSeconds;
  const isUnproven = (pod: Pod) => fails(pod) || (isReady(pod) && !isProven(pod) && hasEndedEarly(pod, stableSeconds));
  return new Map(
    revisions.map(({ name }) => {
      const own = living.filter((pod) => isMadeFrom(pod, name));
      const failing = own.filter(isUnproven);
      const well = own.filter((pod) => !isUnproven(pod));
      return [
        name,
        { ready: well.filter(isReady).length, proven: well.filter(isProven).length, failing: failing.length },
      ];
    }),
  );
}

/**
 * The newest revision, apart from the present one, that is known to have been well. Where it is the present version that
 * was only started again, what fails now comes from what that reads, and no older revision is any better.
 *
 * A revision was well when
 * - it has available replicas (a stuck rolling update keeps the old revision serving), and no more of its pods fail
 *   than have been ready for long; or
 * - it was the current revision for at least `stableSeconds` before a new one came, as far as the workload was available
 *   all that time, and no older revision still has replicas. Controllers take the last replica from the old revisions only
 *   when a rollout succeeds, so an older revision with replicas means that this one never finished its own rollout; or
 * - likewise for a shorter time, where that is long beside how long the pods that fail now were ready, and the workload's
 *   status or its Events tell that its pods were well; or
 * - it was rolled back to, and the workload was available until the next revision replaced it.
 */
export function newestWellRevision(revisions: readonly Revision[], present: Present): WellRevision | undefined {
  for (const revision of revisions) {
    if (isPresent(revision, revisions) || revision.unproven === true) continue;
    const well = wellRevision(revision, revisions, present);
    if (well !== undefined) return well;
  }
  return undefined;
}

/** The newest well revision, where that is of another version: what may be rolled back to. */
export function newestHealthyRevision(revisions: readonly Revision[], present: Present): WellRevision | undefined {
  const newest = newestWellRevision(revisions, present);
  return newest === undefined || isPresentVersion(newest.revision, revisions) ? undefined : newest;
}

/** Whether the revision's template is the present one, apart from marks that change nothing of what runs. */
export function isPresentVersion(revision: Revision, revisions: readonly Revision[]): boolean {
  return revisions.some(({ current, version }) => current && version === revision.version);
}

/** Of several that hold the present template, the newest is the present revision. */
function isPresent(revision: Revision, revisions: readonly Revision[]): boolean {
  return revisions.find(({ current }) => current) === revision;
}

function wellRevision(revision: Revision, revisions: readonly Revision[], present: Present): WellRevision | undefined {
  const standing = present.standings?.get(revision.name);
  if (standing !== undefined && standing.failing > standing.proven) return undefined;
  if (revision.available > 0) {
    return {
      revision,
      confidence: "high",
      evidence: `revision ${revision.revision} has ${count(revision.available, "available replica")}${failingToo(standing)}`,
    };
  }
  const older = revisions.slice(revisions.indexOf(revision) + 1);
  if (!revision.hadPods || older.some(({ replicas }) => replicas > 0)) return undefined;
  const evidence = served(revision, revisions, present);
  return evidence === undefined ? undefined : { revision, confidence: "medium", evidence };
}

function failingToo(standing: Standing | undefined): string {
  if (standing === undefined || standing.failing === 0) return "";
  return `, of which ${standing.proven} have been ready for long, and ${count(standing.failing, "pod")} beside them ${standing.failing === 1 ? "fails" : "fail"}`;
}

function secondsReady(pod: Pod, now: Date): number {
  const since = Date.parse(readySince(pod) ?? "");
  return Number.isNaN(since) ? 0 : (now.getTime() - since) / 1_000;
}

/** Whether a container of the pod has ended without having run well for long before. */
function hasEndedEarly(pod: Pod, stableSeconds: number): boolean {
  const born = new Date(pod.metadata?.creationTimestamp ?? "");
  return containerStatuses(pod).some(
    (status) =>
      status.lastState?.terminated !== undefined &&
      !isInitial(pod, status) &&
      readyTime(pod, status, born).seconds < stableSeconds,
  );
}
