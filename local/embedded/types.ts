import type * as k8s from "@kubernetes/client-node";

/**
 * The API's types as the embedded cluster reads and writes them. It has its own, so that it shares no definition with the
 * code that is judged on it.
 */

/** A type of the client library in the form that JSON has: moments are RFC 3339 texts. */
export type Wire<T> = T extends Date ? string : T extends object ? { [Field in keyof T]: Wire<T[Field]> } : T;

export type ObjectMeta = Wire<k8s.V1ObjectMeta>;
export type OwnerReference = NonNullable<ObjectMeta["ownerReferences"]>[number];
export type LabelSelector = Wire<k8s.V1LabelSelector>;
export type Pod = Wire<k8s.V1Pod>;
export type PodTemplate = Wire<k8s.V1PodTemplateSpec>;
export type ContainerStatus = Wire<k8s.V1ContainerStatus>;
export type Deployment = Wire<k8s.V1Deployment>;
export type ReplicaSet = Wire<k8s.V1ReplicaSet>;
export type StatefulSet = Wire<k8s.V1StatefulSet>;
export type DaemonSet = Wire<k8s.V1DaemonSet>;
export type ControllerRevision = Wire<k8s.V1ControllerRevision>;
export type Job = Wire<k8s.V1Job>;
export type CronJob = Wire<k8s.V1CronJob>;
export type Hpa = Wire<k8s.V2HorizontalPodAutoscaler>;
export type DisruptionBudget = Wire<k8s.V1PodDisruptionBudget>;
export type LimitRange = Wire<k8s.V1LimitRange>;
export type Service = Wire<k8s.V1Service>;
export type EndpointSlice = Wire<k8s.V1EndpointSlice>;
export type ResourceQuota = Wire<k8s.V1ResourceQuota>;
export type Scale = Wire<k8s.V1Scale>;
export type Lease = Wire<k8s.V1Lease>;
export type Event = Wire<k8s.CoreV1Event>;
export type Namespace = Wire<k8s.V1Namespace>;
export type Node = Wire<k8s.V1Node>;
