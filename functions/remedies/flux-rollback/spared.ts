import { fieldWriters, setBelow } from "../../shared/kubernetes/managed-fields.ts";
import type { ObjectMeta } from "../../shared/kubernetes/types.ts";
import { RECONCILERS } from "../../facts/flux.ts";

/** Under this name a Kustomization applies its manifests, on the server's side. */
const APPLIES = "kustomize-controller";

/**
 * Whether a reconciler that a Kustomization keeps itself stays suspended: that writes again only what stands in its manifests,
 * and `suspend` does not. Of one that a HelmRelease keeps, this is not known.
 * Source: kustomize-controller, KustomizationReconciler.apply; kubernetes.io, Server-Side Apply, "Field management"
 */
export function leavesSuspension(metadata: ObjectMeta): boolean {
  if (`${RECONCILERS.HelmRelease.group}/name` in (metadata.labels ?? {})) return false;
  const above = fieldWriters(metadata).filter(({ manager }) => manager === APPLIES);
  return above.length > 0 && above.every(({ fields }) => setBelow(fields, ["spec", "suspend"]) === undefined);
}
