import { withFields, type ChangedField } from "./changed-fields.ts";
import { describeRequest, effectiveWrites, newsOf, type Observation, type Violation } from "./invariants.ts";
import { peopleViolations } from "./people-invariants.ts";
import { ofTheStop } from "./stop-invariants.ts";

/** What is known of an execution that was stopped and redriven. */
export interface Redriven {
  /** Until it was stopped. */
  first: Observation;
  /** Another execution, after its claim had expired. */
  other: Observation | undefined;
  /** From where it was redriven. */
  redriven: Observation;
  /** Whether the other one has taken the claim over. */
  isTaken: boolean;
  /** The fields that a person has set in between. */
  set: readonly ChangedField[];
  /** Whether they put something else in the place of what the remedy changed. */
  replaced: boolean;
  /** Whether the outcome had been decided when it was stopped. */
  judged: boolean;
  /** Changes that another remedy may make of what they leave. */
  mayLeadTo: Readonly<Record<string, number>>;
}

/** Promises broken by an execution that was stopped and redriven, which is one execution in two parts. */
export function redriveViolations(seen: Redriven): Violation[] {
  const common = [...ofTheStop(seen), ...ofRepetition(seen)];
  return seen.isTaken ? [...common, ...whereTaken(seen)] : [...common, ...asOne(seen)];
}

/** What it told of the workload, not of its stop. */
function ownOf({ notifications }: Observation): Observation["notifications"] {
  return notifications.filter(({ report }) => report.workload !== undefined);
}

/** Nobody else has had the claim: its two parts keep the promises that one run keeps. */
function asOne({ first, other, redriven, set, replaced, judged, mayLeadTo }: Redriven): Violation[] {
  const { situation } = redriven;
  // What they put in place of nothing may be all that was missing for a remedy to help.
  const isReplaced = replaced && !judged && effectiveWrites(first.requests).length > 0;
  const told = ownOf(first);
  const known = new Set(told.map(newsOf));
  const requests = [first, ...(other === undefined ? [] : [other]), redriven].flatMap((each) => each.requests);
  const writes = { ...situation.writes, ...situation.writesAfterStop, ...mayLeadTo };
  const whole: Observation = {
    ...redriven,
    before: withFields(first.before, set),
    situation: { ...situation, writes },
    requests,
    ...(judged && set.length > 0 ? { amiss: undefined } : {}),
    notifications: [...told, ...redriven.notifications.filter((again) => !known.has(newsOf(again)))],
    undoing: first.undoing || redriven.undoing,
    replaced: isReplaced,
    // It was stopped when it had told, and cannot know.
    retold: told.length > 0 && ownOf(redriven).length > 0,
  };
  return peopleViolations({
    ...{ seen: whole, set, lost: undefined, everythingGoes: false },
    ...{ replaced: isReplaced, forbiddenFrom: undefined },
  });
}

/** Another execution has had the claim since: what this one did is told, and nothing more is done. */
function whereTaken({ first, redriven }: Redriven): Violation[] {
  const told = [...ownOf(first), ...ownOf(redriven)];
  const acted = effectiveWrites(first.requests).length > 0;
  const writes = effectiveWrites(redriven.requests).map(({ method, path }) => describeRequest(method, path));
  const broken = (invariant: Violation["invariant"], detail: string): Violation[] => [{ invariant, detail }];
  return [
    ...(redriven.result === undefined ? broken("ends", "the redriven execution was still running") : []),
    ...(acted && writes.length > 0
      ? broken("claim", `it wrote ${writes.join()} though another has had the claim`)
      : []),
    ...(acted && told.length === 0 ? broken("accounted", "what it had done is told to nobody") : []),
    ...(acted && told.some(({ document }) => document.done.length === 0)
      ? broken("accounted", "what it told names no change")
      : []),
    ...(new Set(told.map(newsOf)).size > 1 ? broken("told", `${told.length} notifications`) : []),
    ...(redriven.claims.some(({ spec }) => (spec?.holderIdentity ?? "") !== "")
      ? broken("claim", "the claim is still held")
      : []),
  ];
}

/** Together they change no more than one of them would. */
function ofRepetition({ first, other, redriven }: Redriven): Violation[] {
  // Whoever asks for a restart again gets it again.
  if (first.situation.repeats === true && other !== undefined) return [];
  const all = [first, ...(other === undefined ? [] : [other]), redriven];
  const counts = new Map<string, number>();
  for (const { method, path } of all.flatMap(({ requests }) => effectiveWrites(requests))) {
    const which = `${describeRequest(method, path)} ${path}`;
    counts.set(which, (counts.get(which) ?? 0) + 1);
  }
  const undone = all.some(({ undoing }) => undoing);
  return [...counts].flatMap(([which, count]): Violation[] => {
    const most = which.startsWith("PATCH") && undone ? 2 : 1;
    return count <= most ? [] : [{ invariant: "no-repeat", detail: `in all, ${which} took effect ${count} times` }];
  });
}
