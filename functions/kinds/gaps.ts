import { hasSeenSpec } from "../shared/kubernetes/generation.ts";
import type { DaemonSet, Deployment, ReplicaSet, StatefulSet, Workload } from "../shared/kubernetes/types.ts";
import { partitionOf, rollsOutByItself } from "./update-strategy.ts";
import { count } from "../shared/text.ts";

/**
 * What a workload's own status still lacks to be whole; empty when it is.
 * Source of the rules: staging/src/k8s.io/kubectl/pkg/polymorphichelpers/rollout_status.go
 */
export function rolloutGaps(kind: string, workload: Workload): string[] {
  if (!hasSeenSpec(workload)) return ["its controller has not seen the newest spec yet"];
  switch (kind) {
    case "Deployment":
      return deploymentGaps(workload as Deployment);
    case "StatefulSet":
      return statefulSetGaps(workload as StatefulSet);
    case "DaemonSet":
      return daemonSetGaps(workload as DaemonSet);
    default:
      return replicaSetGaps(workload as ReplicaSet);
  }
}

/** How many pods a workload is to have. A DaemonSet's number follows its nodes, and its controller alone knows it. */
export function wantedReplicas(kind: string, workload: Workload): number {
  if (kind === "DaemonSet") return (workload as DaemonSet).status?.desiredNumberScheduled ?? 0;
  const { spec } = workload as Deployment;
  return spec?.replicas ?? 1;
}

function deploymentGaps(deployment: Deployment): string[] {
  const { status } = deployment;
  const wanted = wantedReplicas("Deployment", deployment);
  return [
    ...short("updated", status?.updatedReplicas, wanted),
    ...short("ready", status?.readyReplicas, wanted),
    ...short("available", status?.availableReplicas, wanted),
    ...surplus((status?.replicas ?? 0) - (status?.updatedReplicas ?? 0)),
  ];
}

function statefulSetGaps(statefulSet: StatefulSet): string[] {
  const { status } = statefulSet;
  const wanted = wantedReplicas("StatefulSet", statefulSet);
  const partition = partitionOf(statefulSet);
  // After a rollback the two revisions are the same at once, so the pods have to be counted, too.
  const rolled = status?.currentRevision === status?.updateRevision || partition > 0;
  return [
    ...(rollsOutByItself("StatefulSet", statefulSet)
      ? [
          ...fewer("updated", status?.updatedReplicas, wanted - partition),
          ...(rolled ? [] : ["its pods are not all at the newest revision"]),
        ]
      : []),
    ...short("ready", status?.readyReplicas, wanted),
    ...short("available", status?.availableReplicas, wanted),
  ];
}

function daemonSetGaps(daemonSet: DaemonSet): string[] {
  const { status } = daemonSet;
  const wanted = wantedReplicas("DaemonSet", daemonSet);
  return [
    ...(rollsOutByItself("DaemonSet", daemonSet) ? short("updated", status?.updatedNumberScheduled, wanted) : []),
    ...short("ready", status?.numberReady, wanted),
    ...short("available", status?.numberAvailable, wanted),
  ];
}

function replicaSetGaps(replicaSet: ReplicaSet): string[] {
  const { status } = replicaSet;
  const wanted = wantedReplicas("ReplicaSet", replicaSet);
  return [...short("ready", status?.readyReplicas, wanted), ...short("available", status?.availableReplicas, wanted)];
}

function short(what: string, have: number | undefined, wanted: number): string[] {
  return (have ?? 0) === wanted ? [] : [`${have ?? 0} of ${wanted} replicas ${what}`];
}

function fewer(what: string, have: number | undefined, wanted: number): string[] {
  return (have ?? 0) >= wanted ? [] : short(what, have, wanted);
}

function surplus(old: number): string[] {
  return old > 0 ? [`${count(old, "old replica")} left`] : [];
}
