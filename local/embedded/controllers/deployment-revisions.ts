import type { Deployment, PodTemplate, ReplicaSet } from "../types.ts";
import { controllerReference, stable, templateHash } from "./owner.ts";
import { byAge } from "./pods.ts";

/**
 * Which ReplicaSet holds which revision of a Deployment.
 * Source of the rules: kubernetes pkg/controller/deployment (sync.go, util/deployment_util.go)
 */

export const REVISION = "deployment.kubernetes.io/revision";
const REVISION_HISTORY = "deployment.kubernetes.io/revision-history";
const TEMPLATE_HASH = "pod-template-hash";
/** Annotations of a Deployment that are not copied to its ReplicaSets. */
const NOT_COPIED = [
  "kubectl.kubernetes.io/last-applied-configuration",
  REVISION,
  REVISION_HISTORY,
  "deployment.kubernetes.io/desired-replicas",
  "deployment.kubernetes.io/max-replicas",
  "deprecated.deployment.rollback.to",
];

/** The ReplicaSet of the present template, if there is one, and the others, oldest first. */
export function splitByTemplate(
  deployment: Deployment,
  replicaSets: readonly ReplicaSet[],
): { fresh: ReplicaSet | undefined; old: ReplicaSet[] } {
  const oldestFirst = [...replicaSets].sort(byAge);
  const wanted = withoutHash(deployment.spec?.template);
  const fresh = oldestFirst.find(({ spec }) => withoutHash(spec?.template) === wanted);
  return { fresh, old: oldestFirst.filter((replicaSet) => replicaSet !== fresh) };
}

function withoutHash(template: PodTemplate | undefined): string {
  const { [TEMPLATE_HASH]: _hash, ...labels } = template?.metadata?.labels ?? {};
  return stable({ ...template, metadata: { ...template?.metadata, labels } });
}

export function revisionOf({ metadata }: ReplicaSet): number {
  return Number(metadata?.annotations?.[REVISION] ?? 0);
}

/** One more than any of the old ones. */
export function nextRevision(old: readonly ReplicaSet[]): number {
  return Math.max(0, ...old.map(revisionOf)) + 1;
}

/**
 * The annotations of the new ReplicaSet: those of the Deployment, and its revision. One that has had a lower revision is
 * gone back to, and keeps that in its history.
 */
export function annotationsOf(
  deployment: Deployment,
  present: Record<string, string>,
  revision: number,
): Record<string, string> {
  const copied = Object.entries(deployment.metadata?.annotations ?? {}).filter(([name]) => !NOT_COPIED.includes(name));
  const annotations = { ...present, ...Object.fromEntries(copied) };
  const before = annotations[REVISION];
  if (Number(before ?? 0) >= revision) return annotations;
  annotations[REVISION] = String(revision);
  if (before !== undefined) {
    annotations[REVISION_HISTORY] = [annotations[REVISION_HISTORY], before].filter(Boolean).join(",");
  }
  return annotations;
}

/** The ReplicaSet for the present template, without any pod yet. */
export function newReplicaSet(deployment: Deployment, annotations: Record<string, string>): ReplicaSet {
  const { spec } = deployment;
  const hash = templateHash(spec?.template ?? {}, deployment.status?.collisionCount);
  const labels = { ...spec?.template.metadata?.labels, [TEMPLATE_HASH]: hash };
  const template = structuredClone(spec?.template ?? {});
  return {
    metadata: {
      name: `${deployment.metadata?.name ?? ""}-${hash}`,
      namespace: deployment.metadata?.namespace ?? "",
      labels,
      annotations,
      ownerReferences: [controllerReference(deployment)],
    },
    spec: {
      replicas: 0,
      ...(spec?.minReadySeconds === undefined ? {} : { minReadySeconds: spec.minReadySeconds }),
      selector: { ...spec?.selector, matchLabels: { ...spec?.selector.matchLabels, [TEMPLATE_HASH]: hash } },
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
  };
}

/** The old ReplicaSets that are beyond the history that is kept, without pods. */
export function beyondHistory({ spec }: Deployment, old: readonly ReplicaSet[]): ReplicaSet[] {
  const limit = spec?.revisionHistoryLimit ?? 10;
  const kept = old.filter(({ metadata }) => metadata?.deletionTimestamp === undefined);
  return kept
    .sort((a, b) => revisionOf(a) - revisionOf(b))
    .slice(0, Math.max(0, kept.length - limit))
    .filter(({ spec: { replicas } = {}, status }) => replicas === 0 && (status?.replicas ?? 0) === 0);
}
