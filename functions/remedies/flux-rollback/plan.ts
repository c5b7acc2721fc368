import type { Case } from "../../facts/case.ts";
import { objectOf, type Evidence } from "../../facts/evidence.ts";
import { ENABLED_ANNOTATION, enabledBy } from "../../facts/opt-out.ts";
import type { ObjectMeta } from "../../shared/kubernetes/types.ts";
import { objectAt } from "../../shared/object-ref.ts";
import { outOfScope } from "../../shared/scope.ts";
import { bounded } from "../../shared/text.ts";
import type { NoRemedy, Plan } from "../remedy.ts";
import type { FluxRollbackPlan } from "./contract.ts";
import { groupOf, namedBy, namespaceRef, sourceOf, type Named } from "./find.ts";
import {
  describeReconciler,
  RECONCILERS,
  momentOf,
  reconcilerRef,
  type FluxObject,
  type FluxSource,
} from "../../facts/flux.ts";
import { isToMoveOn, keptObjects, obstacle } from "./obstacle.ts";

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
  const why =
    beyondReach(named, object, facts) ??
    obstacle(named, object, { workload, group: groupOf(workload), now: evidence.now }) ??
    aboutToChange(named, object, facts);
  if (why !== undefined) return { action: "none", ...why };
  const objects = keptObjects(object);
  const revision = object.status?.lastAttemptedRevision ?? "";
  const { before, after, unblocked } = plan;
  const reconciler = { ...named, revision, ...(objects === undefined ? {} : { objects }) };
  return { action: "flux-rollback", before, after, unblocked, reconciler };
}

/**
 * That the policy, or the reconciler's own namespace, keeps the workflow away from it; or that a mark keeps Flux away from the workload. Whether the workload has opted out is asked for elsewhere.
 */
export function beyondReach(
  named: Named,
  object: FluxObject,
  { evidence, policy }: Case,
): Omit<NoRemedy, "action"> | undefined {
  const isElsewhere = named.namespace !== evidence.incident.workload.namespace;
  const name = describeReconciler(named);
  const outside = outOfScope(named.namespace, policy);
  if (outside !== undefined)
    return { refusal: "NamespaceNotAllowed", message: `${name}, which keeps it, is not touched: ${outside}.` };
  const mark = named.kind === "Kustomization" ? leftAloneBy(evidence.workload?.metadata ?? {}) : undefined;
  if (mark !== undefined) {
    return left(
      `It carries \`${mark}\`, for which ${name}, which lists it, applies nothing to it. Nothing is done through Flux then: what is changed on it by hand stays as long as it carries that.`,
    );
  }
  const namespace = isElsewhere ? objectAt(namespaceRef(named.namespace), evidence.others) : evidence.namespace;
  if (namespace === undefined) {
    return left(`${name} keeps it, and whether namespace ${named.namespace} has opted out could not be read.`);
  }
  const enabled = enabledBy(object, namespace);
  if (enabled === "false") {
    return {
      refusal: "OptedOut",
      message: `Not touched: ${name}, which keeps it, or its namespace carries ${ENABLED_ANNOTATION}, which keeps the workflow away.`,
    };
  }
  if (policy.opt_in && enabled !== "true") {
    return {
      refusal: "NotOptedIn",
      message: `Not touched: the policy asks for opt-in, and neither ${name}, which keeps it, nor its namespace carries ${ENABLED_ANNOTATION}: "true".`,
    };
  }
  return undefined;
}

/**
 * The mark by which a Kustomization leaves an object alone that is there, though it keeps it; undefined where the object carries none.
 * Source: fluxcd/pkg ssa, ResourceManager.Apply and its ExclusionSelector and IfNotPresentSelector
 */
function leftAloneBy({ labels = {}, annotations = {} }: ObjectMeta): string | undefined {
  const found = LEFT_ALONE.find(({ key, value }) =>
    [labels[key], annotations[key]].some((carried) => carried?.toLowerCase() === value.toLowerCase()),
  );
  return found === undefined ? undefined : `${found.key}: ${found.value}`;
}

const LEFT_ALONE = [
  { key: `${RECONCILERS.Kustomization.group}/reconcile`, value: "disabled" },
  { key: `${RECONCILERS.Kustomization.group}/ssa`, value: "Ignore" },
  { key: `${RECONCILERS.Kustomization.group}/ssa`, value: "IfNotPresent" },
] as const;

/** That its source holds something newer, which may be the fix, and is put in place next; or that this is not known. */
function aboutToChange(named: Named, object: FluxObject, { evidence }: Case): Omit<NoRemedy, "action"> | undefined {
  const name = describeReconciler(named);
  const held = heldBySource(named, object, evidence);
  if (held === undefined) {
    return left(`${name} keeps it, and what its source holds could not be read: it may be mended there already.`);
  }
  if (held.isAttempted) return undefined;
  const { ref, revision, since } = held;
  const what = `${ref.kind} ${ref.namespace}/${ref.name} holds ${bounded(revision)}, which may be the fix, and ${name} has not put it in place yet`;
  return isToMoveOn(named, object, what, since, evidence.now);
}

/** What a reconciler's source holds, since when, and whether that is what it attempted last; undefined where that was not read. */
export function heldBySource(named: Named, object: FluxObject, { others }: Pick<Evidence, "others">) {
  const ref = sourceOf(named, object);
  const artifact = ref === undefined ? undefined : objectAt<FluxSource>(ref, others)?.status?.artifact;
  if (ref === undefined || artifact?.revision === undefined) return undefined;
  const { revision } = artifact;
  const { lastAttemptedRevision: attempted, lastAttemptedRevisionDigest: digest } = object.status ?? {};
  const isAttempted =
    revision === attempted || (named.kind === "HelmRelease" && digest !== undefined && revision.endsWith(digest));
  return { ref, revision, since: momentOf(artifact.lastUpdateTime), isAttempted };
}

function left(message: string): NoRemedy {
  return { action: "none", refusal: "ManagedByAnotherTool", message };
}
