import type {
  CronJob,
  DaemonSet,
  Deployment,
  EndpointSlice,
  Hpa,
  Job,
  LimitRange,
  Namespace,
  Pod,
  PodTemplate,
  ReplicaSet,
  Service,
  StatefulSet,
} from "../types.ts";
import { apiTime } from "../clock.ts";
import type { Resource } from "../resources.ts";
import type { ApiObject } from "../api-object.ts";
import { defaultPod, defaultPodSpec, qosClassOf } from "./pod-defaults.ts";
import { withDefaults } from "./with-defaults.ts";

const A_QUARTER = "25%";

/** Fills in what an object leaves out, as the API server does. Source: kubernetes pkg/apis, v1/defaults.go of each group */
export function applyDefaults({ kind }: Resource, object: ApiObject): void {
  DEFAULTS[kind]?.(object);
}

/** The status of an object that is new: nobody but a controller knows more. A Node brings its own. */
export function initialStatus({ kind }: Resource, object: ApiObject): unknown {
  switch (kind) {
    case "Node":
      return object.status ?? {};
    case "Pod":
      return { phase: "Pending", qosClass: qosClassOf(object as Pod) };
    case "Namespace":
      return { phase: "Active" };
    case "ReplicaSet":
      return { replicas: 0 };
    case "StatefulSet":
      return { replicas: 0, availableReplicas: 0 };
    case "DaemonSet":
      return { currentNumberScheduled: 0, numberMisscheduled: 0, desiredNumberScheduled: 0, numberReady: 0 };
    case "HorizontalPodAutoscaler":
      return { desiredReplicas: 0 };
    case "PodDisruptionBudget":
      return { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 };
    case "Service":
    case "Ingress":
      return { loadBalancer: {} };
    default:
      return {};
  }
}

/** A pod keeps its quality of service, whoever writes its status. Source: kubernetes pkg/registry/core/pod/strategy.go */
export function keepQosClass(object: ApiObject, previous: ApiObject | undefined): void {
  if (object.kind !== "Pod") return;
  const { status } = object as Pod;
  const { qosClass } = (previous as Pod | undefined)?.status ?? {};
  if (status !== undefined && qosClass !== undefined) status.qosClass ??= qosClass;
}

const DEFAULTS: Readonly<Record<string, (object: ApiObject) => void>> = {
  Namespace: (object) => {
    const { metadata, spec } = object as Namespace;
    object.metadata = {
      ...metadata,
      labels: { "kubernetes.io/metadata.name": metadata?.name ?? "", ...metadata?.labels },
    };
    // Empty once its controller is done with it.
    object.spec = spec ?? { finalizers: ["kubernetes"] };
  },
  Pod: (object) => {
    const pod = object as Pod;
    if (pod.spec === undefined) return;
    defaultPodSpec(withContainers(pod.spec));
    defaultPod(pod);
  },
  Deployment: (object) => {
    const spec = specOf<Deployment>(object);
    withDefaults(spec, { replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600, strategy: {} });
    const strategy = spec.strategy ?? {};
    withDefaults(strategy, { type: "RollingUpdate" });
    if (strategy.type === "RollingUpdate") {
      strategy.rollingUpdate ??= {};
      withDefaults(strategy.rollingUpdate, { maxUnavailable: A_QUARTER, maxSurge: A_QUARTER });
    }
    defaultTemplate(spec.template);
  },
  ReplicaSet: (object) => {
    const spec = specOf<ReplicaSet>(object);
    withDefaults(spec, { replicas: 1 });
    defaultTemplate(spec.template);
  },
  StatefulSet: (object) => {
    const spec = specOf<StatefulSet>(object);
    withDefaults(spec, {
      replicas: 1,
      podManagementPolicy: "OrderedReady",
      revisionHistoryLimit: 10,
      updateStrategy: {},
      persistentVolumeClaimRetentionPolicy: { whenDeleted: "Retain", whenScaled: "Retain" },
    });
    const strategy = spec.updateStrategy ?? {};
    withDefaults(strategy, { type: "RollingUpdate" });
    if (strategy.type === "RollingUpdate") {
      strategy.rollingUpdate ??= {};
      withDefaults(strategy.rollingUpdate, { partition: 0 });
    }
    defaultTemplate(spec.template);
  },
  DaemonSet: (object) => {
    const spec = specOf<DaemonSet>(object);
    withDefaults(spec, { revisionHistoryLimit: 10, updateStrategy: {} });
    const strategy = spec.updateStrategy ?? {};
    withDefaults(strategy, { type: "RollingUpdate" });
    if (strategy.type === "RollingUpdate") {
      strategy.rollingUpdate ??= {};
      withDefaults(strategy.rollingUpdate, { maxUnavailable: 1, maxSurge: 0 });
    }
    defaultTemplate(spec.template);
  },
  Job: (object) => {
    const spec = specOf<Job>(object);
    withDefaults(spec, {
      // With neither of them it runs one pod; with parallelism alone it is a queue of work.
      ...(spec.parallelism === undefined ? { completions: 1 } : {}),
      parallelism: 1,
      backoffLimit: 6,
      completionMode: "NonIndexed",
      suspend: false,
      podReplacementPolicy: "TerminatingOrFailed",
      manualSelector: false,
    });
    defaultTemplate(spec.template);
    selectByUid(object as Job);
  },
  CronJob: (object) => {
    const spec = specOf<CronJob>(object);
    withDefaults(spec, {
      concurrencyPolicy: "Allow",
      suspend: false,
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 1,
    });
    withDefaults(spec.jobTemplate, { metadata: {} });
    const template = spec.jobTemplate.spec?.template;
    if (template !== undefined) withDefaults(template, { metadata: {} });
    defaultTemplate(template);
  },
  Lease: (object) => {
    withDefaults(object, { spec: {} });
  },
  LimitRange: (object) => {
    const items: LimitRangeItem[] = specOf<LimitRange>(object).limits;
    for (const item of items.filter(({ type }) => type === "Container")) {
      fillIn(item, "default", item.max);
      fillIn(item, "defaultRequest", item.default);
      fillIn(item, "defaultRequest", item.min);
    }
  },
  HorizontalPodAutoscaler: (object) => {
    const target = { type: "Utilization", averageUtilization: 80 };
    withDefaults(specOf<Hpa>(object), {
      minReplicas: 1,
      metrics: [{ type: "Resource", resource: { name: "cpu", target } }],
    });
  },
  Service: (object) => {
    const spec = specOf<Service>(object);
    withDefaults(spec, { type: "ClusterIP", sessionAffinity: "None" });
    for (const port of spec.ports ?? []) withDefaults(port, { protocol: "TCP", targetPort: port.port });
    if (spec.type === "ExternalName") return;
    withDefaults(spec, { internalTrafficPolicy: "Cluster", ipFamilies: ["IPv4"], ipFamilyPolicy: "SingleStack" });
    // Addresses are not given out: nobody connects to them.
    if (spec.clusterIP !== undefined) withDefaults(spec, { clusterIPs: [spec.clusterIP] });
  },
  EndpointSlice: (object) => {
    const slice = object as Partial<EndpointSlice>;
    for (const field of ["endpoints", "ports"] as const) if (slice[field]?.length === 0) object[field] = null;
  },
  ConfigMap: (object) => {
    if (Object.keys((object["data"] as object | undefined) ?? {}).length === 0) delete object["data"];
  },
  Event: (object) => {
    for (const field of ["firstTimestamp", "lastTimestamp"]) {
      const time = object[field];
      // They have no fractions of seconds.
      if (typeof time === "string") object[field] = apiTime(new Date(time));
    }
    withDefaults(object, { source: {}, reportingComponent: "", reportingInstance: "" });
  },
  Secret: (object) => {
    const { data, stringData } = object as { data?: object; stringData?: Record<string, string> };
    withDefaults(object, { type: "Opaque" });
    if (stringData === undefined) return;
    const encoded = Object.entries(stringData).map(([name, text]) => [name, Buffer.from(text).toString("base64")]);
    object["data"] = { ...data, ...(Object.fromEntries(encoded) as object) };
    delete object["stringData"];
  },
};

/** The client library calls `default` otherwise than the API does. */
type LimitRangeItem = NonNullable<LimitRange["spec"]>["limits"][number] & { default?: Record<string, string> };

/** What a container gets that names no amount: what is not given comes from other amounts. */
function fillIn(
  item: LimitRangeItem,
  field: "default" | "defaultRequest",
  amounts: Record<string, string> | undefined,
): void {
  if (amounts !== undefined) item[field] = { ...amounts, ...item[field] };
}

/** The spec, which is made if there is none; a missing part of it is for validation to tell of. */
function specOf<T extends { spec?: object }>(object: ApiObject): NonNullable<T["spec"]> {
  object.spec ??= {};
  return object.spec as NonNullable<T["spec"]>;
}

function defaultTemplate(template: PodTemplate | undefined): void {
  if (template?.spec !== undefined) defaultPodSpec(withContainers(template.spec));
}

function withContainers<T extends { containers: unknown[] }>(spec: T): T {
  withDefaults(spec, { containers: [] });
  return spec;
}

/** A Job selects its pods by its own uid. Source: kubernetes pkg/registry/batch/job/strategy.go */
function selectByUid(job: Job): void {
  const { metadata, spec } = job;
  if (spec === undefined || spec.selector !== undefined || spec.manualSelector === true) return;
  const { uid = "", name = "" } = metadata ?? {};
  spec.selector = { matchLabels: { "batch.kubernetes.io/controller-uid": uid } };
  const template = spec.template as PodTemplate | undefined;
  if (template === undefined) return;
  const labels = {
    "batch.kubernetes.io/controller-uid": uid,
    "batch.kubernetes.io/job-name": name,
    "controller-uid": uid,
    "job-name": name,
  };
  job.metadata = { ...job.metadata, labels: { ...labels, ...job.metadata?.labels } };
  template.metadata = { ...template.metadata, labels: { ...template.metadata?.labels, ...labels } };
}
