import type * as k8s from "@kubernetes/client-node";
import type { LabelSelector } from "./label-selector.ts";

/** An API type as it stands in JSON: times are RFC 3339 strings, not `Date`s. */
export type Wire<T> = T extends Date ? string : T extends object ? { [Key in keyof T]: Wire<T[Key]> } : T;

export type Pod = Wire<k8s.V1Pod>;
export type ContainerStatus = Wire<k8s.V1ContainerStatus>;
export type PodTemplate = Wire<k8s.V1PodTemplateSpec>;
export type ObjectMeta = Wire<k8s.V1ObjectMeta>;
export type Deployment = Wire<k8s.V1Deployment>;
export type ReplicaSet = Wire<k8s.V1ReplicaSet>;
export type StatefulSet = Wire<k8s.V1StatefulSet>;
export type DaemonSet = Wire<k8s.V1DaemonSet>;
export type ControllerRevision = Wire<k8s.V1ControllerRevision>;
export type Job = Wire<k8s.V1Job>;
export type Hpa = Wire<k8s.V2HorizontalPodAutoscaler>;
export type ScaleObject = Wire<k8s.V1Scale>;
export type Lease = Wire<k8s.V1Lease>;
export type CronJob = Wire<k8s.V1CronJob>;
export type Node = Wire<k8s.V1Node>;
export type Namespace = Wire<k8s.V1Namespace>;
export type DisruptionBudget = Wire<k8s.V1PodDisruptionBudget>;
export type ResourceQuota = Wire<k8s.V1ResourceQuota>;
export type LimitRange = Wire<k8s.V1LimitRange>;
export type Service = Wire<k8s.V1Service>;
export type EndpointSlice = Wire<k8s.V1EndpointSlice>;
export type Ingress = Wire<k8s.V1Ingress>;

/** A workload whose pods a controller recreates, as far as those of all kinds are alike. */
export interface Workload {
  metadata?: ObjectMeta;
  spec?: {
    selector?: LabelSelector;
    template?: PodTemplate;
    minReadySeconds?: number;
    revisionHistoryLimit?: number;
  };
}
