import { RemediationError } from "../errors.ts";
import { bounded } from "../text.ts";

/** Where each resource that the workflow uses lives in the API. Names are escaped, so none can leave its path segment. */

/** Escapes a name for a path. A URL resolves dot segments even when they are escaped, so those are refused; half characters have no escape. */
function segment(name: string): string {
  if (name === "" || name === "." || name === ".." || !name.isWellFormed()) {
    throw new RemediationError("InvalidStepInput", `"${bounded(name)}" is not a name of a Kubernetes object.`);
  }
  return encodeURIComponent(name);
}

function collection(group: string, resource: string, namespace?: string): string {
  return collectionOf({ apiVersion: group === "" ? "v1" : group, plural: resource }, namespace);
}

/** The collection of a resource, of one namespace or (without one) of the whole cluster. */
export function collectionOf(
  { apiVersion, plural: resource }: { apiVersion: string; plural: string },
  namespace?: string,
): string {
  const base = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  return namespace === undefined ? `${base}/${resource}` : `${base}/namespaces/${segment(namespace)}/${resource}`;
}

/** The path of one object in a collection. */
export function objectIn(collection: string, name: string): string {
  return `${collection}/${segment(name)}`;
}

/** A collection, of one namespace or (without one) of the whole cluster. */
export const paths = {
  namespace: (name: string) => `/api/v1/namespaces/${segment(name)}`,
  namespaces: () => "/api/v1/namespaces",
  nodes: () => "/api/v1/nodes",
  node: (name: string) => `/api/v1/nodes/${segment(name)}`,
  pods: (namespace?: string) => collection("", "pods", namespace),
  pod: (namespace: string, name: string) => `${collection("", "pods", namespace)}/${segment(name)}`,
  podLog: (namespace: string, name: string) => `${collection("", "pods", namespace)}/${segment(name)}/log`,
  configMap: (namespace: string, name: string) => `${collection("", "configmaps", namespace)}/${segment(name)}`,
  secret: (namespace: string, name: string) => `${collection("", "secrets", namespace)}/${segment(name)}`,
  persistentVolumeClaim: (namespace: string, name: string) =>
    `${collection("", "persistentvolumeclaims", namespace)}/${segment(name)}`,
  serviceAccount: (namespace: string, name: string) =>
    `${collection("", "serviceaccounts", namespace)}/${segment(name)}`,
  priorityClass: (name: string) => `${collection("scheduling.k8s.io/v1", "priorityclasses")}/${segment(name)}`,
  runtimeClass: (name: string) => `${collection("node.k8s.io/v1", "runtimeclasses")}/${segment(name)}`,
  events: (namespace: string) => collection("", "events", namespace),
  deployments: (namespace?: string) => collection("apps/v1", "deployments", namespace),
  deployment: (namespace: string, name: string) =>
    `${collection("apps/v1", "deployments", namespace)}/${segment(name)}`,
  deploymentScale: (namespace: string, name: string) =>
    `${collection("apps/v1", "deployments", namespace)}/${segment(name)}/scale`,
  replicaSets: (namespace?: string) => collection("apps/v1", "replicasets", namespace),
  replicaSet: (namespace: string, name: string) =>
    `${collection("apps/v1", "replicasets", namespace)}/${segment(name)}`,
  statefulSets: (namespace?: string) => collection("apps/v1", "statefulsets", namespace),
  statefulSet: (namespace: string, name: string) =>
    `${collection("apps/v1", "statefulsets", namespace)}/${segment(name)}`,
  daemonSets: (namespace?: string) => collection("apps/v1", "daemonsets", namespace),
  daemonSet: (namespace: string, name: string) => `${collection("apps/v1", "daemonsets", namespace)}/${segment(name)}`,
  controllerRevisions: (namespace?: string) => collection("apps/v1", "controllerrevisions", namespace),
  controllerRevision: (namespace: string, name: string) =>
    `${collection("apps/v1", "controllerrevisions", namespace)}/${segment(name)}`,
  jobs: (namespace?: string) => collection("batch/v1", "jobs", namespace),
  job: (namespace: string, name: string) => `${collection("batch/v1", "jobs", namespace)}/${segment(name)}`,
  cronJobs: (namespace?: string) => collection("batch/v1", "cronjobs", namespace),
  cronJob: (namespace: string, name: string) => `${collection("batch/v1", "cronjobs", namespace)}/${segment(name)}`,
  hpas: (namespace?: string) => collection("autoscaling/v2", "horizontalpodautoscalers", namespace),
  hpa: (namespace: string, name: string) =>
    `${collection("autoscaling/v2", "horizontalpodautoscalers", namespace)}/${segment(name)}`,
  services: (namespace?: string) => collection("", "services", namespace),
  endpointSlices: (namespace?: string) => collection("discovery.k8s.io/v1", "endpointslices", namespace),
  ingresses: (namespace?: string) => collection("networking.k8s.io/v1", "ingresses", namespace),
  disruptionBudgets: (namespace: string) => collection("policy/v1", "poddisruptionbudgets", namespace),
  quotas: (namespace: string) => collection("", "resourcequotas", namespace),
  limitRanges: (namespace: string) => collection("", "limitranges", namespace),
  leases: (namespace: string) => collection("coordination.k8s.io/v1", "leases", namespace),
  lease: (namespace: string, name: string) =>
    `${collection("coordination.k8s.io/v1", "leases", namespace)}/${segment(name)}`,
} as const;
