import type { ObjectMeta } from "../shared/kubernetes/types.ts";
import { objectAt } from "../shared/object-ref.ts";
import { outOfScope } from "../shared/scope.ts";
import type { Case } from "./case.ts";
import type { Evidence } from "./evidence.ts";
import { describeReconciler, momentOf, RECONCILERS, type FluxObject, type FluxSource } from "./flux.ts";
import type { Obstacle } from "./flux-obstacle.ts";
import { namespaceRef, sourceOf, type Named } from "./flux-reconciler.ts";
import { ENABLED_ANNOTATION, enabledBy } from "./opt-out.ts";

/**
 * That the policy, or the reconciler's own namespace, keeps the workflow away from it; or that a mark keeps Flux away from the workload. Whether the workload has opted out is asked for elsewhere.
 */
export function beyondReach(named: Named, object: FluxObject, { evidence, policy }: Case): Obstacle | undefined {
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

function left(message: string): Obstacle {
  return { refusal: "ManagedByAnotherTool", message };
}
