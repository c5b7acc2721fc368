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
  /** Hash of what its template runs: equal for one that was only started again. */
  version: string;
  replicas: number;
  available: number;
  /** Whether it may have had pods at any time; false only where it is certain that it had none. */
  hadPods: boolean;
  /** Whether the workload's present template is this one. */
  current: boolean;
  /** Whether nothing that is seen of it proves that it ever was the workload's template. */
  unproven?: true;
}

/** The revision that the workload is at now; undefined before the controller has seen a new template. */
export function currentRevision(revisions: readonly Revision[]): Revision | undefined {
  return revisions.find((revision) => revision.current);
}

/** The part of a revision that goes into payloads. */
export function revisionRef({ revision, kind, name, template }: Revision): RevisionRef {
  return { revision, kind, name, template };
}

/** When a revision became the current one, if that is known: not for one that was rolled back to. */
export function firstRolledOut(revision: Revision | undefined): Date | undefined {
  return revision === undefined || revision.numbers.length === 0 ? undefined : revision.created;
}
