import type { Rollout } from "../../functions/kinds/argo-rollout/rollout.ts";
import { withTools } from "../../functions/kinds/switched.ts";
import type { PodTemplate, ReplicaSet } from "../../functions/shared/kubernetes/types.ts";
import { storedTemplate } from "../../functions/kinds/argo-rollout/stored-template.ts";
import { ago, policy, replicaSet, template } from "./objects.ts";

export const ROLLOUT_WEB = { kind: "Rollout", group: "argoproj.io", namespace: "shop", name: "web" } as const;

/** With the kind of Argo Rollouts switched on. */
export function withRollouts<T>(act: () => T): T {
  return withTools(() => ({ ...policy().owners, argo_rollouts: true }), act);
}

/** A Rollout `shop/web` of two pods at its second revision, which was promoted an hour ago. */
export function rollout(status: Rollout["status"] = {}, spec: Rollout["spec"] = {}): Rollout {
  return {
    metadata: { name: "web", namespace: "shop", uid: "rollout-uid", generation: 2, creationTimestamp: ago(90_000) },
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: "web" } },
      template: template("shop/web:2"),
      strategy: { canary: {} },
      ...spec,
    },
    status: {
      observedGeneration: "2",
      phase: "Healthy",
      currentPodHash: "2",
      stableRS: "2",
      replicas: 2,
      updatedReplicas: 2,
      readyReplicas: 2,
      availableReplicas: 2,
      ...status,
    },
  };
}

/** The status of a canary whose first pod is there beside a whole stable revision. */
export const CANARY = {
  ...{ phase: "Progressing", stableRS: "1", replicas: 3, updatedReplicas: 1, readyReplicas: 2, availableReplicas: 2 },
} as const;

/** A condition `Progressing` of that reason. */
export const progressing = (reason: string, status = "False") => ({
  conditions: [{ type: "Progressing", status, reason, message: `${reason} said`, lastTransitionTime: ago(60) }],
});

/** The status of that Rollout once its canary was aborted, and its stable revision serves alone. */
export const ABORTED = {
  ...{
    phase: "Degraded",
    abort: true,
    abortedAt: "2026-06-01T11:59:00Z",
    stableRS: "1",
    ...progressing("RolloutAborted"),
  },
  ...{ replicas: 2, updatedReplicas: 0, readyReplicas: 2, availableReplicas: 2 },
};

/** The ReplicaSet of one revision of that Rollout, as the API server stores it. */
export function rolloutSet(
  revision: number,
  available: number,
  own: PodTemplate = template(`shop/web:${revision}`),
): ReplicaSet {
  const { metadata, spec, ...rest } = replicaSet(revision, {
    available,
    replicas: Math.max(1, available),
    created: ago(90_000 / revision),
  });
  const stored = storedTemplate(own);
  const owner = {
    apiVersion: "argoproj.io/v1alpha1",
    kind: "Rollout",
    name: "web",
    uid: "rollout-uid",
    controller: true,
  };
  const labels = { ...stored.metadata?.labels, "rollouts-pod-template-hash": `${revision}` };
  return {
    ...rest,
    metadata: {
      ...metadata,
      annotations: { "rollout.argoproj.io/revision": `${revision}` },
      ownerReferences: [owner],
    },
    spec: {
      ...spec,
      selector: spec?.selector ?? {},
      template: { ...stored, metadata: { ...stored.metadata, labels } },
    },
  };
}
