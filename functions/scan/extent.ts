import type { Incident } from "../run/contracts.ts";
import type { Workload } from "../shared/kubernetes/types.ts";
import type { WorkloadRef } from "../shared/refs.ts";
import { kindOf } from "../kinds/kinds.ts";
import { workloadKey, type FailingPod, type FailingWorkload } from "./incidents.ts";

/** A failing workload that counts where it matters how many fail at once. */
export interface Counted {
  incident: Incident;
  /** Its failing pods, without mere records of ended ones. */
  pods: FailingPod[];
  /** It waits for another workload, as most of what fails in its namespace does; absent where that is not so. */
  isExplained?: true;
}

/** What the storm rule looks at. */
export interface Extent {
  /** The failing workloads that count. */
  failing: readonly Counted[];
  /** How many workloads want pods in each namespace, of those that count; one that could not be counted is not in it. */
  workloads: ReadonlyMap<string, number>;
  /** How many namespaces could not be counted. */
  uncounted: number;
  /** How many workloads there are at least in each of these, where some of it could be counted. */
  atLeast: ReadonlyMap<string, number>;
  /** How many more were not counted, because nothing fails there and nothing depends on it. */
  passedOver: number;
  /** How many of the pods that were looked at are well on each node, by their namespace. */
  wellOn: WellOn;
  /** How many more workloads fail that do not count. */
  notCounted: number;
}

/** How many pods are well on each node, by node and namespace; under an empty name where it is not known whose they are. */
export type WellOn = ReadonlyMap<string, ReadonlyMap<string, number>>;

/** How many workloads fail, of how many. */
export interface Share {
  failing: number;
  of: number;
}

/** What a scan found, as far as it decides what counts. */
export interface Findings {
  /** What could be remedied: in scope, and not inside the deadline of its own rollout. */
  incidents: readonly Incident[];
  pods: readonly FailingPod[];
  /** What fails by its own status; the problems of HPAs are not among it. */
  workloads: readonly FailingWorkload[];
  /** The workloads (by `workloadKey`) whose own rollout has failed or is under way, while some of their pods are ready. */
  failedRollouts: ReadonlySet<string>;
}

/**
 * The incidents that may tell of a cause outside of the workloads. Not among them is what nothing is done about (bare
 * pods, Jobs, kinds that are never written to, or that are not counted), what only has records of ended pods or an HPA with a problem, and what fails
 * since a rollout of its own while it still serves: for that the rollout is the cause.
 */
export function countedAmong({ incidents, pods, workloads, failedRollouts }: Findings): Counted[] {
  const own = new Set(workloads.map(({ workload }) => workloadKey(workload)));
  return withPods(incidents, pods).filter(({ incident: { workload }, pods: failing }) => {
    const key = workloadKey(workload);
    if (kindOf(workload)?.counts !== true) return false;
    return (failing.length > 0 || own.has(key)) && !(failedRollouts.has(key) && areOfOneRevision(failing));
  });
}

/** The incidents with their failing pods. */
export function withPods(incidents: readonly Incident[], pods: readonly FailingPod[]): Counted[] {
  const podsOf = Map.groupBy(
    pods.filter(({ facts }) => facts?.leftover !== true),
    ({ workload }) => workloadKey(workload),
  );
  return incidents.map((incident) => ({ incident, pods: podsOf.get(workloadKey(incident.workload)) ?? [] }));
}

/** Where pods of several revisions fail, the newest one is not the only cause. */
export function areOfOneRevision(pods: readonly FailingPod[]): boolean {
  return new Set(pods.map(({ facts }) => facts?.revision)).size <= 1;
}

/** Which workloads serve, by `workloadKey`, of those that were read. */
export interface Serving {
  /** Those that have ready pods. */
  serving: Set<string>;
  /** Those of them whose own rollout failed or is not complete: pods of an earlier revision are ready, as a rule. */
  failedRollouts: Set<string>;
}

/**
 * Notes whether a workload, as it was read, serves.
 * @param failures what its status says
 */
export function noteServing(
  { serving, failedRollouts }: Serving,
  workload: WorkloadRef,
  object: Workload,
  failures: FailingWorkload["failures"],
): void {
  const kind = kindOf(workload);
  if (kind === undefined || kind.ready(object) === 0) return;
  serving.add(workloadKey(workload));
  const isPastDeadline = failures.some(({ reason }) => reason === "ProgressDeadlineExceeded");
  const isUnderWay = kind.isUpdating(object) || kind.deadline?.isRollingOut(object) === true;
  if (isPastDeadline || isUnderWay) failedRollouts.add(workloadKey(workload));
}
