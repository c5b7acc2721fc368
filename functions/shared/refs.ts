import * as z from "zod";

/** How the steps, and what they share, name objects of a cluster in the payloads between them. */

/**
 * The workload that owns failing pods, or the pod itself when nothing owns it. Also what is looked at beside workloads: a
 * Service, an Ingress, an HPA, a node.
 */
export const WorkloadRef = z.strictObject({
  kind: z.string(),
  /** The API group of the kind, `argoproj.io`; absent for the kinds of Kubernetes itself, which share no name. */
  group: z.string().optional(),
  /** Empty for a node, which is in none. */
  namespace: z.string(),
  name: z.string(),
});
export type WorkloadRef = z.output<typeof WorkloadRef>;

/** A pod that a remedy may evict or delete, pinned by its UID. */
export const PodTarget = z.strictObject({ name: z.string(), uid: z.string() });
export type PodTarget = z.output<typeof PodTarget>;

/** A revision of a workload, and the object that holds its pod template. */
export const RevisionRef = z.strictObject({
  revision: z.int(),
  /** A ReplicaSet for Deployments, a ControllerRevision for StatefulSets and DaemonSets. */
  kind: z.string(),
  name: z.string(),
  /** Hash of the pod template without the marks of controllers, and of those who had it started again. */
  template: z.string(),
});
export type RevisionRef = z.output<typeof RevisionRef>;

/** The bounds of an HPA. */
export const HpaBounds = z.strictObject({ min: z.int(), max: z.int() });
export type HpaBounds = z.output<typeof HpaBounds>;

/** What of Flux keeps a workload, as a plan names it. */
export const Reconciler = z.strictObject({
  kind: z.enum(["Kustomization", "HelmRelease"]),
  namespace: z.string(),
  name: z.string(),
  /** What it attempted last to put in place: a revision of its source, or the version of a chart. */
  revision: z.string(),
  /** How many objects it keeps; absent where it does not list them. */
  objects: z.int().optional(),
});
export type Reconciler = z.output<typeof Reconciler>;
