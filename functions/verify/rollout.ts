import type { DaemonSet, Deployment, ReplicaSet, StatefulSet, Workload } from "../shared/kubernetes/types.ts";
import { count } from "../shared/text.ts";

/**
 * What a workload's own status still lacks to be whole; empty when it is.
 * Source of the rules: staging/src/k8s.io/kubectl/pkg/polymorphichelpers/rollout_status.go
 */
export function rolloutGaps(kind: string, workload: Workload): string[] {
  const seen = workload.status?.observedGeneration ?? 0;
  if (seen < (workload.metadata?.generation ?? 0)) return ["its controller has not seen the newest spec yet"];
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

function deploymentGaps({ spec, status }: Deployment): string[] {
  const wanted = spec?.replicas ?? 1;
  return [
    ...short("updated", status?.updatedReplicas, wanted),
    ...short("ready", status?.readyReplicas, wanted),
    ...short("available", status?.availableReplicas, wanted),
    ...surplus((status?.replicas ?? 0) - (status?.updatedReplicas ?? 0)),
  ];
}

function statefulSetGaps({ spec, status }: StatefulSet): string[] {
  const wanted = spec?.replicas ?? 1;
  const partition = spec?.updateStrategy?.rollingUpdate?.partition ?? 0;
  const rolled = status?.currentRevision === status?.updateRevision || partition > 0;
  return [
    ...short("ready", status?.readyReplicas, wanted),
    ...short("available", status?.availableReplicas, wanted),
    ...(rolled ? [] : ["its pods are not all at the newest revision"]),
  ];
}

function daemonSetGaps({ status }: DaemonSet): string[] {
  const wanted = status?.desiredNumberScheduled ?? 0;
  return [
    ...short("updated", status?.updatedNumberScheduled, wanted),
    ...short("ready", status?.numberReady, wanted),
    ...short("available", status?.numberAvailable, wanted),
  ];
}

function replicaSetGaps({ spec, status }: ReplicaSet): string[] {
  const wanted = spec?.replicas ?? 1;
  return [...short("ready", status?.readyReplicas, wanted), ...short("available", status?.availableReplicas, wanted)];
}

function short(what: string, have: number | undefined, wanted: number): string[] {
  return (have ?? 0) === wanted ? [] : [`${have ?? 0} of ${wanted} replicas ${what}`];
}

function surplus(old: number): string[] {
  return old > 0 ? [`${count(old, "old replica")} left`] : [];
}
