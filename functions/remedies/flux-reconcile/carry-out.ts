import { describeReconciler, reconcilerRef, type FluxObject } from "../../facts/flux.ts";
import { assertNoOptOutOn } from "../../facts/opt-out.ts";
import { getIfThere } from "../../shared/cluster/get-if-there.ts";
import { paths } from "../../shared/cluster/paths.ts";
import { isRemediationError, RemediationError } from "../../shared/errors.ts";
import type { KubernetesObject } from "../../shared/object-ref.ts";
import { alreadySo } from "../already-so.ts";
import { addedMark } from "../marks.ts";
import { groupOf, namespaceRef } from "../../facts/flux-reconciler.ts";
import { obstacle } from "../../facts/flux-obstacle.ts";
import type { Declined, Done, Occasion } from "../remedy.ts";
import type { Writer } from "../writer.ts";
import type { FluxReconcileChange, FluxReconcilePlan } from "./contract.ts";
import { isAsked, isNotToBeAsked, REQUESTED_ANNOTATION } from "./request.ts";

/**
 * Asks for a reconciliation, as `flux reconcile` does. Done again, it changes nothing.
 * @throws RemediationError `ObjectChanged` when something speaks against it by now; those of the writer
 */
export async function carryOut(
  writer: Writer,
  plan: FluxReconcilePlan,
  { mayBeOwn }: Occasion,
): Promise<Done<FluxReconcileChange> | Declined> {
  const { action: kind, ...parts } = plan;
  const { reconciler, source } = plan;
  const { workload, reader } = writer;
  if (reconciler.namespace !== workload.namespace) {
    const namespace = await getIfThere<KubernetesObject>(reader, paths.namespace(reconciler.namespace));
    assertNoOptOutOn(namespaceRef(reconciler.namespace), namespace ?? {});
  }
  try {
    const asked = await writer.patch<FluxObject>(reconcilerRef(reconciler), (object) => {
      if (object.metadata?.uid !== reconciler.uid) throw leftAlone(plan, "It was made anew.");
      if (isAsked(object, plan)) return "already so";
      const group = groupOf(workload);
      const why = obstacle(reconciler, object, { toBe: "asked", workload, group, now: new Date() })?.message;
      if (why !== undefined) throw leftAlone(plan, why);
      if (object.status?.lastAttemptedRevision !== reconciler.revision)
        throw leftAlone(plan, "It has attempted something else since.");
      if (isNotToBeAsked(object))
        throw leftAlone(plan, "It is at work by now, was asked by somebody, or waits for something else to be mended.");
      return [addedMark("annotations", object.metadata.annotations, REQUESTED_ANNOTATION, source.since)];
    });
    return asked || (await mayBeOwn()) ? { change: { kind, ...parts } } : alreadySo("ask Flux for it");
  } catch (error) {
    if (!isRemediationError(error, "NotFound")) throw error;
    throw new RemediationError("ObjectChanged", `${describeReconciler(reconciler)} is gone by now.`, { cause: error });
  }
}

function leftAlone({ reconciler }: FluxReconcilePlan, why: string): RemediationError {
  return new RemediationError("ObjectChanged", `${describeReconciler(reconciler)} was not asked to reconcile. ${why}`);
}
