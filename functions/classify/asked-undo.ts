import type { Case } from "../facts/case.ts";
import type { Evidence } from "../facts/evidence.ts";
import type { WorkloadState } from "../facts/state.ts";
import { kindOf } from "../kinds/kinds.ts";
import type { RequestedUndo } from "../remedies/contracts.ts";
import type { NoRemedy } from "../remedies/remedy.ts";
import { isKnown, remedyFor } from "../remedies/remedies.ts";
import { isTakenBack } from "../remedies/taken-back.ts";
import type { HistoryEntry, Outcome, Remedy } from "../run/contracts.ts";
import { bringsFailureBack, effectOf } from "../run/history.ts";
import type { Refusal } from "../run/refusals.ts";
import { withArticle } from "../shared/text.ts";

const UNDONE: Outcome = "Undone";

/**
 * What takes back what an earlier execution did: nothing where that is not as it was left, since what somebody has done after
 * it stands.
 */
export function requestedUndo({ change, execution, uid }: RequestedUndo, facts: Case): Remedy {
  const remedy = remedyFor(change.kind);
  const { undo } = remedy;
  if (undo === "cannot be undone") return none("NoSafeRemedy", `${withArticle(change.kind, "A")} cannot be undone.`);
  if (undo.asPlan === undefined) {
    return none("NoSafeRemedy", `${withArticle(change.kind, "A")} is not undone on request: a person has to do it.`);
  }
  if (isTakenBack(change)) {
    return none("NoSafeRemedy", "Not undone: it was an undo itself. Ask for what is wanted in its place.");
  }
  const { through } = remedy;
  if (through !== undefined && !isKnown(remedy)) {
    return none(
      "NoSafeRemedy",
      `Not undone: the policy does not let ${through.owner} be acted through (owners.${through.tool}).`,
    );
  }
  const what = `the ${change.kind} of ${execution}`;
  const { incident, history } = facts.evidence;
  const done = history.findIndex(
    (entry) => entry.execution === execution && entry.applied === true && entry.action === change.kind,
  );
  // What an undo leads to is not verified as a remedy is: who asks has to know what it was, or the claim does.
  if (done === -1 && incident.origin !== "person") {
    const unknown = `Not undone: the workload's claim knows of no ${change.kind} of ${execution}. A person may ask for it all the same.`;
    return none("NoSafeRemedy", unknown);
  }
  const entry = history[done];
  if (entry !== undefined && incident.origin !== "person" && bringsFailureBack(entry)) {
    const why = `${what} was made since it failed (${entry.cause}), and that may be so again. A person may ask for it all the same.`;
    return none("NoSafeRemedy", `Not undone: ${why}`);
  }
  const state = stateIn(facts.evidence);
  if (state === undefined) return none("NoSafeRemedy", `Whether ${what} is still in place was not read.`);
  const present = state.workload.metadata?.uid;
  if (uid !== undefined && present !== undefined && present !== uid) {
    const which = `it was made anew since ${what}, or that uid is wrong`;
    return none("ObjectChanged", `Not undone: its uid is not the one that the request names: ${which}.`);
  }
  if (undo.remains(change, state).length === 0) {
    return none("AlreadyAsRequested", `Nothing to do: nothing of ${what} is in place.`);
  }
  const since = laterThan(done, history, change.kind);
  const theirs = remedy.overtaken(change, state, undefined);
  const next = since.at(-1);
  if (theirs !== undefined && next?.outcome === UNDONE) {
    return none("AlreadyAsRequested", `Nothing to do: ${next.execution} has taken back ${what}, at ${next.at}.`);
  }
  if (theirs !== undefined) return none("ObjectChanged", `Not undone: it is not as ${what} left it, since ${theirs}.`);
  const [later] = since;
  if (later === undefined) return undo.asPlan(change, facts);
  const again = `${later.execution} has carried out ${withArticle(change.kind, "a")} after it (${later.outcome}, at ${later.at})`;
  return none("ObjectChanged", `Not undone: it looks as ${what} left it, but ${again}, and what came later stands.`);
}

/**
 * What was done in the same way after an entry of the history (newest first), an undo of it included, and not taken back by the
 * same execution: what is there now is of the newest of that, however alike it looks. The first after it is an undo of that alone.
 */
function laterThan(index: number, history: Evidence["history"], action: string): HistoryEntry[] {
  const later = history.slice(0, Math.max(0, index));
  return later.filter((entry) => entry.action === action && !["none", "taken back"].includes(effectOf(entry)));
}

/** The workload as a look would show it. */
function stateIn({ incident, workload, pods, hpa, others }: Evidence): WorkloadState | undefined {
  const kind = kindOf(incident.workload);
  return kind === undefined || workload === undefined
    ? undefined
    : { kind, workload, pods, controllers: [], hpa, others };
}

function none(refusal: Refusal, message: string): NoRemedy {
  return { action: "none", refusal, message };
}
