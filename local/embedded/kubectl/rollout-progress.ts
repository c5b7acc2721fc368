import type { DaemonSet, Deployment, StatefulSet } from "../types.ts";
import type { ApiObject } from "../api-object.ts";

/**
 * Whether a rollout is complete, as `kubectl rollout status` sees it.
 * Source: k8s.io/kubectl/pkg/polymorphichelpers/rollout_status.go
 * @throws Error, in kubectl's words, when it will not be
 */
export function isRolledOut(object: ApiObject): boolean {
  switch (object.kind) {
    case "Deployment":
      return deploymentIs(object as Deployment);
    case "StatefulSet":
      return statefulSetIs(object as StatefulSet);
    case "DaemonSet":
      return daemonSetIs(object as DaemonSet);
    default:
      throw new Error(`error: no status viewer has been implemented for ${object.kind ?? ""}`);
  }
}

function deploymentIs({ metadata, spec, status }: Deployment): boolean {
  if ((metadata?.generation ?? 0) > (status?.observedGeneration ?? 0)) return false;
  const progressing = status?.conditions?.find(({ type }) => type === "Progressing");
  if (progressing?.reason === "ProgressDeadlineExceeded") {
    throw new Error(`error: deployment "${metadata?.name ?? ""}" exceeded its progress deadline`);
  }
  const { replicas = 0, updatedReplicas = 0, availableReplicas = 0 } = status ?? {};
  return (
    updatedReplicas >= (spec?.replicas ?? 1) && replicas <= updatedReplicas && availableReplicas >= updatedReplicas
  );
}

function statefulSetIs({ metadata, spec, status }: StatefulSet): boolean {
  if (spec?.updateStrategy?.type !== "RollingUpdate") {
    throw new Error("error: rollout status is only available for RollingUpdate strategy type");
  }
  if ((metadata?.generation ?? 0) > (status?.observedGeneration ?? 0)) return false;
  const wanted = spec.replicas ?? 1;
  if ((status?.readyReplicas ?? 0) < wanted) return false;
  const partition = spec.updateStrategy.rollingUpdate?.partition ?? 0;
  if (partition > 0) return (status?.updatedReplicas ?? 0) >= wanted - partition;
  return status?.updateRevision === status?.currentRevision;
}

function daemonSetIs({ metadata, spec, status }: DaemonSet): boolean {
  if (spec?.updateStrategy?.type !== "RollingUpdate") {
    throw new Error("error: rollout status is only available for RollingUpdate strategy type");
  }
  if ((metadata?.generation ?? 0) > (status?.observedGeneration ?? 0)) return false;
  const wanted = status?.desiredNumberScheduled ?? 0;
  return (status?.updatedNumberScheduled ?? 0) >= wanted && (status?.numberAvailable ?? 0) >= wanted;
}
