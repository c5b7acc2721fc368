import type { Case } from "../../facts/case.ts";
import { ownerOf, TEMPLATE } from "../../facts/owners.ts";
import { kindOf } from "../../kinds/kinds.ts";
import { revisionRef, type Revision } from "../../kinds/revisions/revision.ts";
import { isTerminating } from "../../shared/kubernetes/pods.ts";
import { bounded, count } from "../../shared/text.ts";
import type { Workload } from "../../shared/kubernetes/types.ts";
import type { NoRemedy } from "../remedy.ts";
import type { RequestedRollback, RollbackChange, RollbackPlan } from "./contract.ts";

/** How long the list of the revisions in a history may be. */
const MAX_KNOWN = 100;

/** Returns to the newest healthy revision, or says why that cannot be done. */
export function rollBack(facts: Case): RollbackPlan | NoRemedy {
  const { evidence, policy, current, healthy, again, revisions } = facts;
  if (again !== undefined) {
    return {
      action: "none",
      refusal: "NoHealthyRevision",
      message:
        `Revision ${again.before.revision.revision}, which was well, runs the same as the present one, and no older revision is any better. ` +
        "Look at what it reads and depends on, or ask for a rollback to a revision by its number.",
    };
  }
  const held = heldBack(facts, healthy?.revision);
  if (held !== undefined) return held;
  if (current === undefined || healthy === undefined) {
    return {
      action: "none",
      refusal: "NoHealthyRevision",
      message: `${noneHealthy(revisions)} ${failingBefore(facts)}${keepsNone(evidence.workload)}${forward(evidence, revisions)}`,
    };
  }
  const { workload, pods, incident } = evidence;
  const kind = kindOf(incident.workload);
  if (workload === undefined || kind?.rollsOutByItself(workload) !== true) {
    return {
      action: "none",
      refusal: "NoSafeRemedy",
      message: `Its update strategy replaces no pods by itself. Put the template of revision ${healthy.revision.revision} back, and delete its pods one by one.`,
    };
  }
  if (kind.templatePatch === undefined) return neverChanged(incident.workload.kind);
  const after = revisionRef(healthy.revision);
  const unblocked = kind.waiting?.podsInTheWay(workload, pods, after) ?? [];
  if (unblocked.length > policy.restart.max_pods) {
    return {
      action: "none",
      refusal: "LimitReached",
      message: `Not rolled back: ${unblocked.length} broken pods would have to be deleted with it, and the policy allows at most ${policy.restart.max_pods} (restart.max_pods).`,
    };
  }
  return { action: "rollback", before: revisionRef(current), after, unblocked };
}

/** That its controller would not go all the way back by itself, neither for its template nor while that stays. */
function heldBack(facts: Case, to: Revision | undefined): NoRemedy | undefined {
  const { incident, workload } = facts.evidence;
  const kind = kindOf(incident.workload);
  if (workload !== undefined && to !== undefined && kind?.goesBack?.(workload, revisionRef(to), facts) !== undefined) {
    return undefined;
  }
  const why = workload && kind?.heldBack?.(workload, to === undefined ? undefined : revisionRef(to));
  return why === undefined ? undefined : { action: "none", refusal: "NoSafeRemedy", message: why };
}

/** That there is none to return to: where the present one stands alone, there is not even one to know anything of. */
function noneHealthy(revisions: Case["revisions"]): string {
  return isAlone(revisions)
    ? "Its history holds no earlier revision to go back to."
    : `No earlier revision is known to have been healthy (revisions in the history: ${known(revisions) || "none"}).`;
}

/** That pods of earlier revisions fail at present, which may be worse than what the present one does; nothing where none does. */
function failingBefore({ evidence, failing, revisions }: Case): string {
  const history = kindOf(evidence.incident.workload)?.history;
  const staying = failing.filter(({ pod }) => !isTerminating(pod));
  return revisions
    .filter(({ current }) => !current)
    .map(({ name, revision }) => ({
      revision,
      pods: staying.filter(({ pod }) => history?.isMadeFrom(pod, name) === true),
    }))
    .filter(({ pods }) => pods.length > 0)
    .map(
      ({ revision, pods }) =>
        `${count(pods.length, "pod")} of revision ${revision} ${pods.length === 1 ? "fails" : "fail"} at present. `,
    )
    .join("");
}

/** What to do instead, where its owner wants it. */
function forward({ incident, workload }: Case["evidence"], revisions: Case["revisions"]): string {
  const owner = ownerOf(workload?.metadata, TEMPLATE);
  if (workload?.metadata === undefined || owner === undefined) {
    return `Roll forward with a fixed template${isAlone(revisions) ? "." : ", or ask for a rollback to a revision that you know."}`;
  }
  const { namespace } = incident.workload;
  const advice = owner.advice({ namespace, metadata: workload.metadata, wanted: "a change" });
  return `Roll forward with a fixed template; it belongs to ${owner.name}. ${advice}`;
}

function isAlone([first, ...others]: Case["revisions"]): boolean {
  return first?.current === true && others.length === 0;
}

/** The rollback that a runbook asks for: to the revision that it names, or to the newest healthy one. */
export function requestedRollback({ revision }: RequestedRollback, facts: Case): RollbackPlan | NoRemedy {
  if (revision === undefined) return rollBack(facts);
  const { revisions, current } = facts;
  const { kind } = facts.evidence.incident.workload;
  const target = revisions.find((candidate) => candidate.revision === revision);
  if (target === undefined || current === undefined) {
    return {
      action: "none",
      refusal: "NoHealthyRevision",
      message: `Revision ${revision} is not in the Deployment's history (it holds ${known(revisions) || "nothing"}).`,
    };
  }
  if (target.current) {
    return {
      action: "none",
      refusal: "AlreadyAsRequested",
      message: `It runs the template of revision ${revision} already.`,
    };
  }
  if (kindOf(facts.evidence.incident.workload)?.templatePatch === undefined) return neverChanged(kind);
  return { action: "rollback", before: revisionRef(current), after: revisionRef(target), unblocked: [] };
}

/** That a workload keeps no earlier revision; nothing where it does. */
function keepsNone(workload: Workload | undefined): string {
  const limit = workload?.spec?.revisionHistoryLimit;
  return limit === 0 ? "Its revisionHistoryLimit of 0 keeps none that is replaced. " : "";
}

/**
 * The rollback taken back: to the revision that it came from, if the workload's own history still holds it. What the change
 * says is no more than what somebody sent.
 */
export function rolledForward(
  { before }: Pick<RollbackChange, "before">,
  { revisions, current, evidence }: Case,
): RollbackPlan | NoRemedy {
  const target = revisions.find(({ name, template }) => name === before.name && template === before.template);
  if (target === undefined || current === undefined) {
    const message = `Revision ${before.revision}, which it was rolled back from, is not in its history any more (that holds ${known(revisions) || "nothing"}).`;
    return { action: "none", refusal: "NoHealthyRevision", message };
  }
  const { kind } = evidence.incident.workload;
  if (kindOf(evidence.incident.workload)?.templatePatch === undefined) return neverChanged(kind);
  return { action: "rollback", before: revisionRef(current), after: revisionRef(target), unblocked: [] };
}

/** A kind is written to in the ways alone that it says. */
function neverChanged(kind: string): NoRemedy {
  const message = `The pod template of a ${kind} is never changed here: a person has to do it.`;
  return { action: "none", refusal: "NoSafeRemedy", message };
}

function known(revisions: Case["revisions"]): string {
  return bounded(revisions.map(({ revision }) => revision).join(", "), MAX_KNOWN);
}
