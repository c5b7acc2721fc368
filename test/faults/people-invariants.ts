import { effectiveWrites, violations, type Observation, type Violation } from "./invariants.ts";
import { lostFields, withFields, type ChangedField } from "./changed-fields.ts";

/** What is known of a run in which somebody else stepped in. */
export interface SteppedIn {
  seen: Observation;
  /** The fields that they set. */
  set: readonly ChangedField[];
  /** How else what they did did not last. */
  lost: string | undefined;
  /** Whether the namespace, with all that is in it, is theirs to delete. */
  everythingGoes: boolean;
  /** Whether they put something else in the place of what the remedy changed, before its success was judged. */
  replaced: boolean;
  /** How many requests had been made when they forbade any further one; undefined when they did not. */
  forbiddenFrom: number | undefined;
}

/** Promises broken by a run in which somebody else stepped in. */
export function peopleViolations(stepped: SteppedIn): Violation[] {
  const { seen, set, everythingGoes } = stepped;
  const before = withFields(seen.before, set);
  const common = violations({ ...seen, before, ...(everythingGoes ? { after: before } : {}) });
  return [...common, ...ofTheirChange(stepped), ...ofTheReport(stepped), ...ofTheOptOut(stepped)];
}

function ofTheirChange({ seen, set, lost, everythingGoes }: SteppedIn): Violation[] {
  const overwritten = everythingGoes ? [] : lostFields(seen.after, set);
  return [...overwritten.map((field) => `${field} is not as they set it`), ...(lost === undefined ? [] : [lost])].map(
    (detail): Violation => ({ invariant: "theirs", detail }),
  );
}

function ofTheReport({ seen, replaced }: SteppedIn): Violation[] {
  const [workload] = seen.workloads;
  if (!replaced || workload?.outcome !== "Recovered") return [];
  return [{ invariant: "theirs", detail: `it says Recovered by a change that is not in place: ${workload.summary}` }];
}

function ofTheOptOut({ seen, forbiddenFrom }: SteppedIn): Violation[] {
  if (forbiddenFrom === undefined) return [];
  // One write may have been on its way.
  const later = seen.requests.filter(({ number }) => number > forbiddenFrom + 1);
  return effectiveWrites(later).map(({ method, path }): Violation => {
    return { invariant: "theirs", detail: `${method} ${path} after the workload had opted out` };
  });
}
