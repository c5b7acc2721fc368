import type { RevisionRef } from "../../shared/refs.ts";

/** One revision of a workload, as the object that holds its template shows it. */
export interface Revision extends RevisionRef {
  /** When it was made, which is when its first number began. */
  created: Date;
  /**
   * Every number it has had, in ascending order: one for each time that it became the current one. Empty when the
   * earlier ones are not known.
   */
  numbers: number[];
  replicas: number;
  available: number;
  /** Whether the workload's present template is this one. */
  current: boolean;
  /** Whether nothing that is seen of it proves that it ever was the workload's template. */
  unproven?: true;
}

/** The revision that the workload is at now; undefined before the controller has seen a new template. */
export function currentRevision(revisions: readonly Revision[]): Revision | undefined {
  return revisions.find((revision) => revision.current);
}

/** Why a revision counts as healthy. */
export interface HealthyRevision {
  revision: Revision;
  confidence: "high" | "medium";
  evidence: string;
}

/**
 * The newest revision with another template that is known to have been healthy.
 *
 * Two things prove that:
 * - it has available replicas now (a stuck rolling update keeps the old revision serving); or
 * - it was the current revision for at least `stableSeconds` before a new one came, and no older revision still has
 *   replicas. Controllers take the last replica from the old revisions only when a rollout succeeds, so an older
 *   revision with replicas means that this one never finished its own rollout.
 */
export function newestHealthyRevision(
  revisions: readonly Revision[],
  stableSeconds: number,
): HealthyRevision | undefined {
  for (const [index, revision] of revisions.entries()) {
    if (revision.current || revision.unproven === true) continue;
    if (revision.available > 0) {
      return {
        revision,
        confidence: "high",
        evidence: `revision ${revision.revision} has ${revision.available} available replicas now`,
      };
    }
    const older = revisions.slice(index + 1);
    const tenure = firstTenure(revision, revisions);
    if (tenure >= stableSeconds && older.every((other) => other.replicas === 0)) {
      return {
        revision,
        confidence: "medium",
        evidence: `revision ${revision.revision} served for ${Math.round(tenure)} s before another one replaced it`,
      };
    }
  }
  return undefined;
}

/**
 * For how long the revision was the current one when it was new, in seconds; 0 when that is not known. It ended when the
 * next number began, and that moment is known only if a new revision, not one that was rolled back to, took that number.
 */
function firstTenure({ numbers, created }: Revision, revisions: readonly Revision[]): number {
  const [first] = numbers;
  if (first === undefined) return 0;
  const next = revisions.find((other) => other.numbers[0] === first + 1);
  return next === undefined ? 0 : (next.created.getTime() - created.getTime()) / 1_000;
}

/** The part of a revision that goes into payloads. */
export function revisionRef({ revision, kind, name, template }: Revision): RevisionRef {
  return { revision, kind, name, template };
}

/** When a revision became the current one, if that is known: not for one that was rolled back to. */
export function firstRolledOut(revision: Revision | undefined): Date | undefined {
  return revision === undefined || revision.numbers.length === 0 ? undefined : revision.created;
}
