import type { Revision } from "../kinds/revisions/revision.ts";
import { fieldWriters, setADifference, setBelow, type FieldWriter } from "../shared/kubernetes/managed-fields.ts";
import { bareTemplate } from "../shared/kubernetes/template.ts";
import type { RevisionRef } from "../shared/refs.ts";
import { bounded, moment, some } from "../shared/text.ts";
import type { Case } from "./case.ts";
import type { OwnerTool } from "./owner-tools.ts";
import { writesAgain } from "./owners.ts";

/** A change that somebody made past the tool that owns the workload. */
export interface OutOfBand {
  /** Who wrote what is other than in the tool's own template. */
  writers: string[];
  /** When that was written last. */
  at: Date;
  /** When the tool itself wrote last. */
  ownerWroteAt: Date;
  /** When the revision to go back to was made, where that came past the tool as well. */
  alsoPastAt?: Date;
}

/** How long after a write of the template its revision may be made, in seconds. */
const LAG_SECONDS = 5;

/**
 * Whether going back to a revision undoes what was written past a tool, and nothing that the tool wrote:
 * - every field of the present template that is other than in the revision, and that somebody has set, was set by somebody
 *   who is neither the tool nor another one that writes again what it wrote, and later than the tool wrote anything;
 * - the revision is the one that was the newest when the tool wrote last, or one that was made since.
 *
 * A field that is missing in the present template has no writer; it counts only beside one that was set. Undefined where the
 * managed fields do not tell.
 */
export function outOfBand(
  { managers }: OwnerTool,
  { evidence: { workload }, revisions, templates }: Case,
  to: RevisionRef,
): OutOfBand | undefined {
  const present = workload?.spec?.template;
  const earlier = templates.get(to.name);
  if (present === undefined || earlier === undefined) return undefined;
  const [now, then] = [bareTemplate(present), bareTemplate(earlier)];
  const differs = ({ fields }: FieldWriter) => {
    const set = setBelow(fields, ["spec", "template"]);
    return set !== undefined && setADifference(set, now, then);
  };
  const writers = fieldWriters(workload?.metadata);
  const isOwner = ({ manager }: FieldWriter) => managers?.test(manager) === true;
  const ownerWroteAt = newest(writers.filter(isOwner));
  const strangers = writers.filter(differs);
  const at = newest(strangers);
  if (ownerWroteAt === undefined || at === undefined) return undefined;
  if (strangers.some((writer) => isOwner(writer) || writesAgain(writer.manager))) return undefined;
  if (strangers.some(({ time }) => time === undefined || time <= ownerWroteAt)) return undefined;
  const own = newestAt(revisions, ownerWroteAt);
  const target = revisions.find(({ name }) => name === to.name);
  if (own === undefined || target === undefined || target.created < own.created) return undefined;
  return {
    writers: strangers.map(({ manager }) => manager),
    at,
    ownerWroteAt,
    ...(own === target ? {} : { alsoPastAt: target.created }),
  };
}

/** The sentence that says so. */
export function describeOutOfBand(
  tool: OwnerTool,
  { writers, at, ownerWroteAt, alsoPastAt }: OutOfBand,
  to: RevisionRef,
): string {
  const who = bounded(some(writers, 3), 100);
  const what =
    alsoPastAt === undefined
      ? "is what was in place then"
      : `came past ${tool.name} as well, at ${moment(alsoPastAt)}: it is not ${tool.name}'s own state`;
  return `${who} changed the pod template at ${moment(at)}, past ${tool.name}, which wrote last at ${moment(ownerWroteAt)}; revision ${to.revision} ${what}`;
}

/** The newest time among the writers; undefined where one of them has none. */
function newest(writers: readonly FieldWriter[]): Date | undefined {
  const times = writers.map(({ time }) => time?.getTime() ?? NaN);
  return times.length === 0 || times.some(Number.isNaN) ? undefined : new Date(Math.max(...times));
}

/** The newest revision, beside the present one, that was made by then. */
function newestAt(revisions: readonly Revision[], then: Date): Revision | undefined {
  const latest = then.getTime() + LAG_SECONDS * 1_000;
  return revisions
    .filter(({ current, created }) => !current && created.getTime() <= latest)
    .toSorted((a, b) => b.created.getTime() - a.created.getTime() || b.revision - a.revision)[0];
}
