import { resourceOfKind } from "./resources.ts";

/** The resources that controllers, scheduler and kubelet work with. */

export const NAMESPACES = resourceOfKind("Namespace");
export const NODES = resourceOfKind("Node");
export const PODS = resourceOfKind("Pod");
export const EVENTS = resourceOfKind("Event");
export const SERVICES = resourceOfKind("Service");
export const ENDPOINT_SLICES = resourceOfKind("EndpointSlice");
export const QUOTAS = resourceOfKind("ResourceQuota");
export const LIMIT_RANGES = resourceOfKind("LimitRange");
export const DEPLOYMENTS = resourceOfKind("Deployment");
export const REPLICA_SETS = resourceOfKind("ReplicaSet");
export const STATEFUL_SETS = resourceOfKind("StatefulSet");
export const DAEMON_SETS = resourceOfKind("DaemonSet");
export const CONTROLLER_REVISIONS = resourceOfKind("ControllerRevision");
export const JOBS = resourceOfKind("Job");
export const AUTOSCALERS = resourceOfKind("HorizontalPodAutoscaler");
export const DEFINITIONS = resourceOfKind("CustomResourceDefinition");
export const DISRUPTION_BUDGETS = resourceOfKind("PodDisruptionBudget");
export const SERVICE_ACCOUNTS = resourceOfKind("ServiceAccount");
export const PRIORITY_CLASSES = resourceOfKind("PriorityClass");
export const RUNTIME_CLASSES = resourceOfKind("RuntimeClass");
