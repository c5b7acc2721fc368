import * as z from "zod";
import { WorkloadRef } from "../shared/refs.ts";
import { Sign } from "../shared/signs.ts";
import { FAILURE_FIELDS, Incident } from "./contracts.ts";

/** A failing pod, as `detect_failures` answers. */
export const FailedPod = z.strictObject({
  namespace: z.string(),
  name: z.string(),
  node: z.string().optional(),
  /** The workload that owns it. */
  workload: WorkloadRef,
  failures: z.array(z.strictObject(FAILURE_FIELDS)),
});
export type FailedPod = z.output<typeof FailedPod>;

/** What an HPA is doing, as `detect_failures` answers. */
export const HpaState = z.strictObject({
  namespace: z.string(),
  name: z.string(),
  /** What it scales. */
  target: WorkloadRef.omit({ namespace: true }),
  current_replicas: z.int(),
  desired_replicas: z.int(),
  min_replicas: z.int(),
  max_replicas: z.int(),
  /** `current` is null while the metric is not known. */
  metrics: z.array(z.strictObject({ name: z.string(), current: z.string().nullable(), target: z.string() })),
  conditions: z.array(
    z.strictObject({ type: z.string(), status: z.string(), reason: z.string(), message: z.string() }),
  ),
});
export type HpaState = z.output<typeof HpaState>;

/** Something that the scan could not look at, and why. */
export const BlindSpot = z.strictObject({ what: z.string(), error: z.string(), message: z.string() });
export type BlindSpot = z.output<typeof BlindSpot>;

/** Why a failing workload rests: another execution has claimed it, it cools down, or it is left to a person. */
export const REST_REASONS = ["claimed", "cooling_down", "left_to_person", "waiting"] as const;
export type RestReason = (typeof REST_REASONS)[number];

/** The failing workloads that rest: how many, how many for each reason, and some of them. */
export const Resting = z.strictObject({
  count: z.int(),
  claimed: z.int(),
  cooling_down: z.int(),
  left_to_person: z.int(),
  /** What waits for one that rests, with which people were told of it. */
  waiting: z.int().default(0),
  workloads: z.array(z.strictObject({ ...WorkloadRef.shape, why: z.enum(REST_REASONS) })),
});
export type Resting = z.output<typeof Resting>;

/** What there is to say where nothing rests. */
export const NOTHING_RESTS: Resting = {
  count: 0,
  claimed: 0,
  cooling_down: 0,
  left_to_person: 0,
  waiting: 0,
  workloads: [],
};

/** The answer of the detect step: what a scan found, or the target of a runbook. */
export const Detection = z.strictObject({
  /** `resting`: all that fails rests. `detect_failures` answers `failing` then. */
  status: z.enum(["healthy", "resting", "failing", "storm"]),
  cluster_name: z.string(),
  /** When it was looked at. */
  at: z.iso.datetime().optional(),
  /** The one namespace that was looked at; absent when it was the whole cluster. */
  namespace: z.string().optional(),
  dry_run: z.boolean(),
  /** Pods that were looked at: those that have succeeded are left out. */
  pods_seen: z.int(),
  workloads_seen: z.int(),
  failing_pods: z.int(),
  incidents: z.array(Incident),
  /** Incidents that did not fit into `incidents`. */
  omitted: z.int(),
  /** Failing workloads in namespaces that the policy excludes; they are not among the incidents. */
  out_of_scope: z.int(),
  /** Failing workloads whose rollout is under way and still left its time. Only `detect_failures` has them among the incidents, too. */
  in_rollout: z.array(WorkloadRef),
  /** Failing workloads that are left alone for now, which costs nothing. Only `detect_failures` has them among the incidents, too. */
  resting: Resting.default(NOTHING_RESTS),
  /** In which ways something fails that other clusters may fail in as well; absent where there are none, and for `detect_failures`. */
  signs: z.array(Sign).optional(),
  /** What could not be looked at; whatever fails there is not among the incidents. */
  unseen: z.array(BlindSpot),
  /** Only for `detect_failures`: the failing pods, of each namespace in turn, those of the largest incidents first. */
  pods: z.array(FailedPod).optional(),
  /** Only for `detect_failures`: the HPAs, of each namespace in turn, those with problems first. */
  hpas: z.array(HpaState).optional(),
  /** How many pods and HPAs did not fit into `pods` and `hpas`. */
  omitted_pods: z.int().optional(),
  omitted_hpas: z.int().optional(),
  /** Why this is a storm, when it is one. */
  storm: z.string().optional(),
  /** The node that its failing pods share, or the nodes; absent when it is not of nodes. */
  storm_node: z.string().optional(),
  /** The namespace that it is limited to, or the namespaces; absent when it is not of namespaces. */
  storm_namespace: z.string().optional(),
  /** Marks of the nodes and namespaces that it is of, by which it is told from others; absent for a storm of everything. */
  storm_marks: z.array(z.string().max(12)).max(60).optional(),
  /** The same of any storm, `*` for one of everything; none where it is no storm. In every run's output, for the runs after it. */
  storm_seen: z.array(z.string().max(80)).max(60).default([]),
  /** A storm that people were told of and that is over: when they were, and when a run saw it last. */
  storm_over: z.strictObject({ told_at: z.iso.datetime(), seen_at: z.iso.datetime() }).optional(),
  /** What belongs to the storm, where others are looked after all the same: some of it, and how many more. */
  in_storm: z.strictObject({ incidents: z.array(Incident), omitted: z.int() }).optional(),
});
export type Detection = z.output<typeof Detection>;

/** Whether subscribers are told of a storm, or know of it. */
export const StormMemory = z.strictObject({
  status: z.enum(["tell", "known"]),
  /** When they were told, and when they are told again. */
  message: z.string().optional(),
});
export type StormMemory = z.output<typeof StormMemory>;
