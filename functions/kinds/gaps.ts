import type { Workload } from "../shared/kubernetes/types.ts";
import { count } from "../shared/text.ts";
import type { Kind } from "./kind.ts";

/**
 * What a workload's own status still lacks to be whole; empty when it is.
 * Source of the rules for the kinds of Kubernetes: staging/src/k8s.io/kubectl/pkg/polymorphichelpers/rollout_status.go
 */
export function rolloutGaps(kind: Kind, workload: Workload): string[] {
  return kind.hasSeenSpec(workload) ? kind.gaps(workload) : ["its controller has not seen the newest spec yet"];
}

/** Any other number than is wanted. */
export function short(what: string, have: number | undefined, wanted: number): string[] {
  return (have ?? 0) === wanted ? [] : [`${have ?? 0} of ${wanted} replicas ${what}`];
}

/** A lower number than is wanted. */
export function fewer(what: string, have: number | undefined, wanted: number): string[] {
  return (have ?? 0) >= wanted ? [] : short(what, have, wanted);
}

/** Replicas of an earlier revision. */
export function surplus(old: number): string[] {
  return old > 0 ? [`${count(old, "old replica")} left`] : [];
}
