import type { CustomTraits } from "./custom/traits.ts";

/** A resource that the embedded API server holds. */
export interface Resource {
  /** Empty for the core group. */
  group: string;
  version: string;
  kind: string;
  plural: string;
  namespaced: boolean;
  /** Whether the status is written through a subresource of its own, apart from the rest. */
  status: boolean;
  /** Whether changes of the spec are counted in `metadata.generation`. */
  generation: boolean;
  /** Whether it is replaced without a version, whatever it is by then. */
  unconditionalUpdate: boolean;
  /** Whether putting it where there is none creates it. */
  createOnUpdate: boolean;
  /** Other names that people use for it. */
  shortNames: readonly string[];
  /** What a CustomResourceDefinition says of it; a built-in resource has none. */
  custom?: CustomTraits;
}

/** What a client knows of a resource. */
export type NamedResource = Pick<Resource, "group" | "version" | "kind" | "plural" | "namespaced" | "shortNames">;

type Traits = Partial<Omit<Resource, "group" | "version" | "kind" | "plural">>;

function resource(groupVersion: string, kind: string, plural: string, traits: Traits = {}): Resource {
  const [group, version] = groupVersion.includes("/") ? groupVersion.split("/") : ["", groupVersion];
  return {
    group: group ?? "",
    version: version ?? "",
    kind,
    plural,
    namespaced: true,
    status: false,
    generation: false,
    unconditionalUpdate: true,
    createOnUpdate: false,
    shortNames: [],
    ...traits,
  };
}

const WORKLOAD: Traits = { status: true, generation: true };

/** The resources that the embedded API server has by itself. */
export const RESOURCES: readonly Resource[] = [
  resource("v1", "Namespace", "namespaces", { namespaced: false, status: true, shortNames: ["ns"] }),
  resource("v1", "Node", "nodes", { namespaced: false, status: true, shortNames: ["no"] }),
  resource("v1", "Pod", "pods", { status: true, generation: true, shortNames: ["po"] }),
  resource("v1", "Event", "events", { createOnUpdate: true, shortNames: ["ev"] }),
  resource("v1", "Secret", "secrets"),
  resource("v1", "ConfigMap", "configmaps", { shortNames: ["cm"] }),
  resource("v1", "PersistentVolumeClaim", "persistentvolumeclaims", { status: true, shortNames: ["pvc"] }),
  resource("v1", "PersistentVolume", "persistentvolumes", { namespaced: false, status: true, shortNames: ["pv"] }),
  resource("v1", "Service", "services", { status: true, shortNames: ["svc"] }),
  resource("v1", "ServiceAccount", "serviceaccounts", { shortNames: ["sa"] }),
  resource("v1", "ResourceQuota", "resourcequotas", { status: true, shortNames: ["quota"] }),
  resource("v1", "LimitRange", "limitranges", { shortNames: ["limits"] }),
  resource("apps/v1", "Deployment", "deployments", { ...WORKLOAD, shortNames: ["deploy"] }),
  resource("apps/v1", "ReplicaSet", "replicasets", { ...WORKLOAD, shortNames: ["rs"] }),
  resource("apps/v1", "StatefulSet", "statefulsets", { ...WORKLOAD, shortNames: ["sts"] }),
  resource("apps/v1", "DaemonSet", "daemonsets", { ...WORKLOAD, shortNames: ["ds"] }),
  resource("apps/v1", "ControllerRevision", "controllerrevisions"),
  resource("batch/v1", "Job", "jobs", WORKLOAD),
  resource("batch/v1", "CronJob", "cronjobs", { ...WORKLOAD, shortNames: ["cj"] }),
  resource("autoscaling/v2", "HorizontalPodAutoscaler", "horizontalpodautoscalers", {
    status: true,
    shortNames: ["hpa"],
  }),
  resource("networking.k8s.io/v1", "Ingress", "ingresses", { ...WORKLOAD, shortNames: ["ing"] }),
  resource("discovery.k8s.io/v1", "EndpointSlice", "endpointslices", { generation: true }),
  resource("policy/v1", "PodDisruptionBudget", "poddisruptionbudgets", {
    ...WORKLOAD,
    unconditionalUpdate: false,
    shortNames: ["pdb"],
  }),
  resource("apiextensions.k8s.io/v1", "CustomResourceDefinition", "customresourcedefinitions", {
    namespaced: false,
    status: true,
    generation: true,
    unconditionalUpdate: false,
    shortNames: ["crd", "crds"],
  }),
  resource("scheduling.k8s.io/v1", "PriorityClass", "priorityclasses", {
    namespaced: false,
    generation: true,
    shortNames: ["pc"],
  }),
  resource("node.k8s.io/v1", "RuntimeClass", "runtimeclasses", { namespaced: false }),
  resource("coordination.k8s.io/v1", "Lease", "leases", { unconditionalUpdate: false, createOnUpdate: true }),
];

/** `apps/v1`, or `v1` for the core group. */
export function groupVersionOf({ group, version }: Pick<Resource, "group" | "version">): string {
  return group === "" ? version : `${group}/${version}`;
}

/** The built-in resource of that kind. @throws Error for a kind that the embedded cluster does not have */
export function resourceOfKind(kind: string): Resource {
  const found = RESOURCES.find((candidate) => candidate.kind === kind);
  if (found === undefined) throw new Error(`The embedded cluster has no ${kind}.`);
  return found;
}

/** The resource that people mean by a name: plural, singular or short, in any case; undefined when there is none. */
export function resourceOfName<R extends NamedResource>(name: string, resources: readonly R[]): R | undefined {
  const wanted = name.toLowerCase().split(".")[0] ?? "";
  return resources.find(
    ({ kind, plural, shortNames }) => plural === wanted || kind.toLowerCase() === wanted || shortNames.includes(wanted),
  );
}

/** Whether both are the same collection, in whatever version. */
export function isSameResource(a: Resource, b: Resource): boolean {
  return a.group === b.group && a.plural === b.plural;
}
