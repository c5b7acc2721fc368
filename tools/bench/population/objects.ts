import type { Plan, Planned } from "./plan.ts";
import { Random } from "./random.ts";

/** An object as it is put into the API. */
export interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: Metadata;
  [field: string]: unknown;
}

export interface Metadata {
  name: string;
  namespace?: string;
  uid: string;
  creationTimestamp: string;
  generation?: number;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  ownerReferences?: OwnerReference[];
}

export interface OwnerReference {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
  controller: true;
  blockOwnerDeletion: true;
}

/** An object of the population, and where it belongs. */
export interface Stored {
  resource: Resource;
  object: Manifest;
  /** Who wrote it, as its managed fields tell. */
  manager: string;
  /** When its status was written last, and by whom. */
  reported: { at: string; by: string };
}

/** The resources of a population, in the order in which they are put into the API: their collection there, and in etcd. */
export const RESOURCES = {
  namespaces: { api: "/api/v1", etcd: "namespaces", namespaced: false },
  nodes: { api: "/api/v1", etcd: "minions", namespaced: false },
  deployments: { api: "/apis/apps/v1", etcd: "deployments", namespaced: true },
  replicasets: { api: "/apis/apps/v1", etcd: "replicasets", namespaced: true },
  statefulsets: { api: "/apis/apps/v1", etcd: "statefulsets", namespaced: true },
  daemonsets: { api: "/apis/apps/v1", etcd: "daemonsets", namespaced: true },
  cronjobs: { api: "/apis/batch/v1", etcd: "cronjobs", namespaced: true },
  jobs: { api: "/apis/batch/v1", etcd: "jobs", namespaced: true },
  horizontalpodautoscalers: { api: "/apis/autoscaling/v2", etcd: "horizontalpodautoscalers", namespaced: true },
  services: { api: "/api/v1", etcd: "services/specs", namespaced: true },
  endpointslices: { api: "/apis/discovery.k8s.io/v1", etcd: "endpointslices", namespaced: true },
  pods: { api: "/api/v1", etcd: "pods", namespaced: true },
  events: { api: "/api/v1", etcd: "events", namespaced: true },
} as const;
export type Resource = keyof typeof RESOURCES;

export const CONTROLLERS = "kube-controller-manager";

/** What is random about one workload, whatever fails. */
export function randomOf({ size }: Plan, { pool, name, namespace }: Planned, ...use: (string | number)[]): Random {
  return new Random(size.seed, pool, namespace, name, ...use);
}

/** A moment as the API writes it. */
export function time(date: Date): string {
  return date.toISOString().replace(/\.\d+Z$/, "Z");
}

/** So many minutes before a moment. */
export function minutesBefore(date: Date, minutes: number): string {
  return time(new Date(date.getTime() - minutes * 60_000));
}

export function ownedBy({ apiVersion, kind, metadata: { name, uid } }: Manifest): OwnerReference[] {
  return [{ apiVersion, kind, name, uid, controller: true, blockOwnerDeletion: true }];
}

/** The labels of what makes the workload, and (without its version) of the pods that it selects. */
export function labelsOf({ name, team, version }: Planned): Record<string, string> {
  return {
    ...selectorOf({ name }),
    "app.kubernetes.io/version": version,
    "app.kubernetes.io/managed-by": "Helm",
    team,
  };
}

export function selectorOf({ name }: Pick<Planned, "name">): Record<string, string> {
  return { "app.kubernetes.io/name": name, "app.kubernetes.io/instance": name };
}
