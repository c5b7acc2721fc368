import type { Revision } from "../kinds/revisions/revision.ts";
import { byWhom } from "../shared/kubernetes/managed-fields.ts";
import { isMarkOfWhatIsRead, isRestartMark } from "../shared/kubernetes/restart-marks.ts";
import type { ObjectMeta, PodTemplate } from "../shared/kubernetes/types.ts";
import { count } from "../shared/text.ts";
import { isPresentVersion, type Standing, type WellRevision } from "./proof.ts";

/** A version that was well, and was only started again. */
export interface StartedAgain {
  /** The revision that was well. */
  before: WellRevision;
  /** The names of its revisions from before. */
  names: string[];
  /** How many pods from before still serve. */
  serving: number;
  /** What proves it, for people. */
  evidence: string[];
}

/** What is known of a version that was started again, since its template is that of a revision that was well. */
export function startedAgain(
  before: WellRevision,
  current: Revision | undefined,
  revisions: readonly Revision[],
  standings: ReadonlyMap<string, Standing>,
  templates: ReadonlyMap<string, PodTemplate>,
  workload: ObjectMeta | undefined,
): StartedAgain {
  const earlier = revisions.filter((revision) => revision !== current && isPresentVersion(revision, revisions));
  const serving = earlier.reduce((sum, { name, available }) => sum + (standings.get(name)?.ready ?? available), 0);
  const marks = current === undefined ? [] : newMarks(templates.get(current.name), templates.get(before.revision.name));
  return {
    before,
    names: earlier.map(({ name }) => name),
    serving,
    evidence: [
      `revision ${current?.revision ?? "?"} is revision ${before.revision.revision} started again: their templates run the same`,
      before.evidence,
      ...(serving === 0 ? [] : [`${count(serving, "pod")} from before ${serving === 1 ? "serves" : "serve"} on`]),
      ...marks.map(([key, value]) => {
        const who = byWhom(workload, ["spec", "template", "metadata", "annotations", key], before.revision.created);
        return `the template is marked anew: ${key}: ${value}${who}`;
      }),
    ],
  };
}

/** The marks of a restart, and of what the template reads, that are not as they were. */
function newMarks(now: PodTemplate | undefined, then: PodTemplate | undefined): [string, string][] {
  const before = then?.metadata?.annotations ?? {};
  return Object.entries(now?.metadata?.annotations ?? {}).filter(
    ([key, value]) => (isRestartMark(key, value) || isMarkOfWhatIsRead(key)) && before[key] !== value,
  );
}
