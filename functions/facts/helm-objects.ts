import type { Rule } from "../shared/permissions.ts";
import type { ObjectRef } from "../shared/object-ref.ts";
import { rulesFor } from "../kinds/rules.ts";
import type { HelmObject } from "./helm-release.ts";

/**
 * The kinds that a release may hold which is rolled back: what a workload usually has around it, and nothing by which rights
 * are given, requests are admitted or kinds are defined. The role of the function that rolls back covers exactly these.
 */
const COVERED: readonly Pick<ObjectRef, "apiVersion" | "kind" | "plural">[] = [
  { apiVersion: "apps/v1", kind: "DaemonSet", plural: "daemonsets" },
  { apiVersion: "apps/v1", kind: "Deployment", plural: "deployments" },
  { apiVersion: "apps/v1", kind: "StatefulSet", plural: "statefulsets" },
  { apiVersion: "autoscaling/v2", kind: "HorizontalPodAutoscaler", plural: "horizontalpodautoscalers" },
  { apiVersion: "batch/v1", kind: "CronJob", plural: "cronjobs" },
  { apiVersion: "networking.k8s.io/v1", kind: "Ingress", plural: "ingresses" },
  { apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy", plural: "networkpolicies" },
  { apiVersion: "policy/v1", kind: "PodDisruptionBudget", plural: "poddisruptionbudgets" },
  { apiVersion: "v1", kind: "ConfigMap", plural: "configmaps" },
  { apiVersion: "v1", kind: "PersistentVolumeClaim", plural: "persistentvolumeclaims" },
  { apiVersion: "v1", kind: "Secret", plural: "secrets" },
  { apiVersion: "v1", kind: "Service", plural: "services" },
  { apiVersion: "v1", kind: "ServiceAccount", plural: "serviceaccounts" },
];

/** An object of a release as the API server has it; undefined for a kind that no release may hold which is rolled back. */
export function coveredRef({ apiVersion, kind, namespace, name }: HelmObject): ObjectRef | undefined {
  const covered = COVERED.find((one) => one.apiVersion === apiVersion && one.kind === kind);
  return covered === undefined ? undefined : { ...covered, namespace, name };
}

/** What reading all kinds of objects takes that such a release may hold; Secrets apart, which Helm keeps releases in as well. */
export const HELM_OBJECTS_READ: readonly Rule[] = rulesFor(
  COVERED.filter(({ kind }) => kind !== "Secret").map((covered) => ({ ...covered, verbs: ["get"] })),
);

/** What rolling it back takes beside that: Helm goes over each object, and keeps a new revision in a Secret. */
export const HELM_OBJECTS_WRITTEN: readonly Rule[] = [
  ...rulesFor(
    COVERED.filter(({ kind }) => kind !== "Secret").map((covered) => ({ ...covered, verbs: ["get", "patch"] })),
  ),
  {
    why: "Helm keeps each revision of a release in a Secret. Whoever has this can read, make and change every Secret.",
    apiGroups: [""],
    resources: ["secrets"],
    verbs: ["get", "list", "create", "update", "patch"],
  },
];
