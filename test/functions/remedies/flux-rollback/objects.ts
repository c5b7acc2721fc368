import type { FluxObject, FluxSource } from "../../../../functions/facts/flux.ts";
import { namespaceRef } from "../../../../functions/facts/flux-reconciler.ts";
import type { FluxRollbackPlan } from "../../../../functions/remedies/flux-rollback/contract.ts";
import { reconcilerRef } from "../../../../functions/facts/flux.ts";
import type { ObjectMeta } from "../../../../functions/shared/kubernetes/types.ts";
import type { ReadObject } from "../../../../functions/shared/object-ref.ts";
import { templateHash } from "../../../../functions/shared/kubernetes/template.ts";
import { template } from "../../../support/objects.ts";

export const KUSTOMIZATION = { kind: "Kustomization", namespace: "flux-system", name: "shop" } as const;
export const HELM_RELEASE = { kind: "HelmRelease", namespace: "shop", name: "web" } as const;
export const REVISION = "main@sha1:2222222";

/** What Flux leaves on the objects of Kustomization `flux-system/shop`. */
export const LABELS: ObjectMeta = {
  labels: { "kustomize.toolkit.fluxcd.io/name": "shop", "kustomize.toolkit.fluxcd.io/namespace": "flux-system" },
};
export const HELM_LABELS: ObjectMeta = {
  labels: { "helm.toolkit.fluxcd.io/name": "web", "helm.toolkit.fluxcd.io/namespace": "shop" },
};

/** A revision of `shop/web`, as its ReplicaSet holds it. */
export function revisionOf(revision: number): FluxRollbackPlan["before"] {
  const image = template(`shop/web:${revision}`);
  return { revision, kind: "ReplicaSet", name: `web-${revision}`, template: templateHash(image) };
}

export const PLAN: FluxRollbackPlan = {
  action: "flux-rollback",
  before: revisionOf(2),
  after: revisionOf(1),
  unblocked: [],
  reconciler: { ...KUSTOMIZATION, revision: REVISION, objects: 1 },
};

/** A Kustomization that has put the newest revision in place, and keeps Deployment `shop/web`. */
export function kustomization({ metadata, spec, status }: FluxObject = {}): FluxObject {
  return {
    metadata: { name: "shop", namespace: "flux-system", generation: 3, ...metadata },
    spec: { sourceRef: { kind: "GitRepository", name: "shop" }, ...spec },
    status: {
      conditions: [{ type: "Ready", status: "True", observedGeneration: 3 }],
      lastAttemptedRevision: REVISION,
      inventory: { entries: [{ id: "shop_web_apps_Deployment" }] },
      ...status,
    },
  };
}

/** A HelmRelease of namespace `shop` that lists nothing, and whose upgrade has ended. */
export function helmRelease({ metadata, spec, status }: FluxObject = {}): FluxObject {
  return {
    metadata: { name: "web", namespace: "shop", generation: 1, ...metadata },
    spec: { ...spec },
    status: {
      conditions: [{ type: "Ready", status: "True", observedGeneration: 1 }],
      lastAttemptedRevision: "2.0.0",
      helmChart: "flux-system/shop-web",
      ...status,
    },
  };
}

/** What is read beside the workload. */
export function read({
  object = kustomization(),
  source = REVISION,
  since,
  namespace = {},
}: {
  object?: FluxObject;
  source?: string | undefined;
  since?: string;
  namespace?: ObjectMeta | undefined;
} = {}): ReadObject[] {
  const artifact: FluxSource = {
    status: { artifact: { revision: source, ...(since === undefined ? {} : { lastUpdateTime: since }) } },
  };
  const ref = { apiVersion: "source.toolkit.fluxcd.io/v1", kind: "GitRepository", plural: "gitrepositories" };
  return [
    { ref: reconcilerRef(KUSTOMIZATION), object },
    { ref: { ...ref, namespace: "flux-system", name: "shop" }, object: artifact },
    { ref: namespaceRef("flux-system"), object: { metadata: { name: "flux-system", ...namespace } } },
  ];
}

/** What is read beside a workload of a HelmRelease. */
export function readRelease(object = helmRelease(), chart = "2.0.0"): ReadObject[] {
  const ref = { apiVersion: "source.toolkit.fluxcd.io/v1", kind: "HelmChart", plural: "helmcharts" };
  const artifact: FluxSource = { status: { artifact: { revision: chart } } };
  return [
    { ref: reconcilerRef(HELM_RELEASE), object },
    { ref: { ...ref, namespace: "flux-system", name: "shop-web" }, object: artifact },
  ];
}
