import type { Case } from "../../facts/case.ts";
import { objectOf } from "../../facts/evidence.ts";
import { describeReconciler, RECONCILERS, reconcilerRef, type FluxObject } from "../../facts/flux.ts";
import { isToMoveOn, keptObjects, obstacle } from "../../facts/flux-obstacle.ts";
import { beyondReach, heldBySource } from "../../facts/flux-reach.ts";
import { groupOf, namedBy, type Named } from "../../facts/flux-reconciler.ts";
import { bounded } from "../../shared/text.ts";
import type { NoRemedy, Plan } from "../remedy.ts";
import type { FluxRollbackPlan } from "./contract.ts";

/** What is done about a workload of Flux in the place of a rollback: its reconciler is suspended first; or why that is left to people. */
export function throughFlux(plan: Plan, facts: Case): FluxRollbackPlan | NoRemedy {
  const { evidence } = facts;
  const { workload } = evidence.incident;
  const named = namedBy(evidence.workload?.metadata ?? {});
  if (plan.action !== "rollback") return left("Nothing but a rollback is done to what Flux keeps.");
  if (named === undefined) {
    return left("Flux keeps it, and its labels do not say by which Kustomization or HelmRelease, or name several.");
  }
  const object = objectOf(reconcilerRef(named), evidence) as FluxObject | undefined;
  if (object === undefined) {
    const { group, version } = RECONCILERS[named.kind];
    return left(
      `Its labels say that ${describeReconciler(named)} of Flux keeps it, which could not be read: it is not there, its kind is not served as ${group}/${version}, or reading it is not permitted (infra/rbac-flux.yaml).`,
    );
  }
  const held = heldBySource(named, object, evidence);
  // What it has not attempted yet, it would be asked for before.
  const toBe = held?.isAttempted === false ? "asked" : "suspended";
  const why =
    beyondReach(named, object, facts) ??
    obstacle(named, object, { toBe, workload, group: groupOf(workload), now: evidence.now }) ??
    aboutToChange(named, object, held, evidence.now);
  if (why !== undefined) return { action: "none", ...why };
  const objects = keptObjects(object);
  const revision = object.status?.lastAttemptedRevision ?? "";
  const { before, after, unblocked } = plan;
  const reconciler = { ...named, revision, ...(objects === undefined ? {} : { objects }) };
  return { action: "flux-rollback", before, after, unblocked, reconciler };
}

/** That its source holds something newer, which may be the fix, and is put in place next; or that this is not known. */
function aboutToChange(
  named: Named,
  object: FluxObject,
  held: ReturnType<typeof heldBySource>,
  now: Date,
): Omit<NoRemedy, "action"> | undefined {
  const name = describeReconciler(named);
  if (held === undefined) {
    return left(`${name} keeps it, and what its source holds could not be read: it may be mended there already.`);
  }
  if (held.isAttempted) return undefined;
  const { ref, revision, since } = held;
  const what = `${ref.kind} ${ref.namespace}/${ref.name} holds ${bounded(revision)}, which may be the fix, and ${name} has not put it in place yet`;
  return isToMoveOn(named, object, what, since, now);
}

function left(message: string): NoRemedy {
  return { action: "none", refusal: "ManagedByAnotherTool", message };
}
